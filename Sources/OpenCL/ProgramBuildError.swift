/// OpenCL C sources that a device's compiler refused.
public struct ProgramBuildError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What `clBuildProgram` returned.
  public let status: OpenCLStatus
  /// The device that the program was built for.
  public let deviceName: String
  /// The options of the build, `-cl-std` included.
  public let options: String
  /// The compiler's whole log.
  public let log: String

  /// Describes a failed build.
  public init(status: OpenCLStatus, deviceName: String, options: String, log: String) {
    self.status = status
    self.deviceName = deviceName
    self.options = options
    self.log = log
  }

  /// A line with device and options, then the whole log.
  public var description: String {
    "clBuildProgram failed with \(status) on \(deviceName) with options '\(options)':\n"
      + (log.isEmpty ? "the compiler left no log" : log)
  }
}
