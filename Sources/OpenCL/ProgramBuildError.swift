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

  /// Whether the compiler found an error in the sources or the options, rather than failing itself.
  public var namesAnError: Bool { log.contains("error:") }

  /// A line with device and options, then the whole log. If it names no error, the line says what a compiler may lack.
  public var description: String {
    let advice =
      namesAnError
      ? ""
      : " and no error in the sources; see that the folder in which the driver compiles can be written and its disk is not "
        + "full (PoCL's is POCL_CACHE_DIR or follows from HOME), and that file sizes, memory and processes are not limited "
        + "too tightly (ulimit -a)"
    return "clBuildProgram failed with \(status) on \(deviceName) with options '\(options)'\(advice):\n"
      + (log.isEmpty ? "the compiler left no log" : namesAnError ? log : withoutWarnings)
  }

  private var withoutWarnings: String {
    log.split(separator: "\n").filter { !$0.contains("warning:") }.joined(separator: "\n")
  }
}
