import OpenCL
import Testing

@Suite struct ProgramTests {
  let context: Context

  init() throws {
    context = try Context(try testDevice())
  }

  @Test func listsItsKernels() throws {
    let program = try Program(context, sources: [testSource])
    #expect(try program.kernelNames() == ["add_optional", "fill_indices", "grid", "reverse_groups"])
    #expect(program.options == context.device.standardOption)
  }

  @Test func joinsSourcesAndPassesOptions() throws {
    let program = try Program(
      context,
      sources: ["int twice(int x) { return SCALE * x; }", "__kernel void k(__global int* o) { *o = twice(4); }"],
      options: "-DSCALE=2")
    #expect(program.options == "\(context.device.standardOption) -DSCALE=2")
    let queue = try CommandQueue(context)
    let buffer = try Buffer(context, byteCount: 4)
    let kernel = try program.kernel(named: "k")
    try kernel.set(0, buffer)
    try queue.enqueue(kernel, globalSize: WorkSize(1))
    #expect(try queue.read(buffer, as: Int32.self, count: 1) == [8])
  }

  @Test func aNamedStandardIsKept() throws {
    let program = try Program(context, sources: [testSource], options: "-cl-std=CL1.1")
    #expect(program.options == "-cl-std=CL1.1")
  }

  @Test func buildFailureCarriesDeviceOptionsAndLog() throws {
    let source = "__kernel void broken(__global int* out) { out[0] = undeclared_name; }"
    let error = try #require(throws: ProgramBuildError.self) {
      try Program(context, sources: [source], options: "-DMARKER=1")
    }
    #expect(error.deviceName == context.device.name)
    #expect(error.options.contains("-DMARKER=1"))
    #expect(error.options.contains("-cl-std="))
    #expect(error.log.contains("undeclared_name"))
    #expect(error.status.name == "CL_BUILD_PROGRAM_FAILURE")
    #expect(error.description.contains(error.log))
    #expect(error.description.contains(context.device.name))
  }

  @Test func logsAreWhole() throws {
    // Far more errors than fit in any fixed buffer, each with its own name; the limit of the compiler is lifted.
    let lines = (0..<15).map { "int f\($0)(void) { return missing_\(String(repeating: "n", count: 2000))_\($0); }" }
    let error = try #require(throws: ProgramBuildError.self) { try Program(context, sources: lines) }
    for line in 0..<15 {
      #expect(error.log.contains("n_\(line)'"))
    }
  }

  @Test func wrongOptionsFailTheBuild() throws {
    let error = try #require(throws: ProgramBuildError.self) {
      try Program(context, sources: [testSource], options: "-no-such-option")
    }
    #expect(error.options.hasSuffix("-no-such-option"))
  }

  @Test func unknownKernelNamesTheKnown() throws {
    let program = try Program(context, sources: [testSource])
    let error = try openCLError { _ = try program.kernel(named: "gird") }
    #expect(error.status.name == "CL_INVALID_KERNEL_NAME")
    #expect(error.call == "clCreateKernel")
    #expect(error.description.contains("gird is not among"))
    #expect(error.description.contains("grid"))
  }
}
