import COpenCL

/// OpenCL C sources built for a context's device.
public final class Program: Sendable {
  /// The context that the program was built in.
  public let context: Context
  /// The options of the build, `-cl-std` included.
  public let options: String

  /// The `cl_program`, which lives at least as long as this object.
  public nonisolated(unsafe) let handle: OpaquePointer

  /// Builds `sources`, one after the other as if they were one file.
  ///
  /// The device's `standardOption` is put before `options` unless they name a `-cl-std`.
  ///
  /// - Throws: `ProgramBuildError` if the compiler refuses the sources or the options, `OpenCLError` otherwise.
  public init(_ context: Context, sources: [String], options: String = "") throws {
    self.context = context
    let standard = options.contains("-cl-std=") ? "" : context.device.standardOption
    self.options = [standard, options].filter { !$0.isEmpty }.joined(separator: " ")

    var status: cl_int = 0
    var source = sources.joined(separator: "\n")
    let program = source.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        var start = characters.baseAddress
        var length = characters.count
        return clCreateProgramWithSource(context.handle, 1, &start, &length, &status)
      }
    }
    handle = try created(program, status, "clCreateProgramWithSource")

    var device: cl_device_id? = context.device.handle
    let built = OpenCLStatus(clBuildProgram(handle, 1, &device, self.options, nil, nil))
    if built == .buildProgramFailure || built == .invalidBuildOptions {
      throw ProgramBuildError(
        status: built, deviceName: context.device.name, options: self.options, log: (try? buildLog()) ?? "")
    }
    try check(built.rawValue, "clBuildProgram", detail: "device \(context.device.name), options '\(self.options)'")
  }

  deinit {
    clReleaseProgram(handle)
  }

  /// What the compiler said, warnings included.
  ///
  /// - Throws: `OpenCLError`.
  public func buildLog() throws -> String {
    let query = InfoQuery(call: "clGetProgramBuildInfo") { [self] in
      clGetProgramBuildInfo(handle, context.device.handle, $0, $1, $2, $3)
    }
    return try query.string(CL_PROGRAM_BUILD_LOG)
  }

  /// The names of the program's kernels, sorted.
  ///
  /// - Throws: `OpenCLError`.
  public func kernelNames() throws -> [String] {
    let query = InfoQuery(call: "clGetProgramInfo") { [self] in clGetProgramInfo(handle, $0, $1, $2, $3) }
    return try query.string(CL_PROGRAM_KERNEL_NAMES).split(separator: ";").map(String.init).sorted()
  }

  /// A new kernel object with no arguments set.
  ///
  /// - Throws: `OpenCLError`, for an unknown name with the known ones.
  public func kernel(named name: String) throws -> Kernel {
    try Kernel(self, name: name)
  }
}
