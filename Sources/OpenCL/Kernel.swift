import COpenCL

/// A kernel of a program with its arguments bound.
///
/// Arguments belong to the kernel object, so it must not be shared between threads; make one for each.
/// Buffers that are bound live at least as long as the kernel, or until another value is bound in their place.
public final class Kernel {
  /// The kernel's program.
  public let program: Program
  /// The name of the kernel's function.
  public let name: String
  /// How many arguments the kernel takes.
  public let argumentCount: Int
  /// What the kernel needs and how large its work-groups may be.
  public let workGroupInfo: WorkGroupInfo

  /// The `cl_kernel`, which lives at least as long as this object. Arguments that are set past it are not known here.
  public let handle: OpaquePointer
  private var buffers: [Buffer?]
  private var localBytes: [Int]
  /// The bytes of local memory that a work-group takes, declared and bound.
  private(set) var localMemoryBytes: Int

  /// Makes a kernel object with no arguments set.
  ///
  /// - Throws: `OpenCLError`, for an unknown name with the known ones.
  public init(_ program: Program, name: String) throws {
    var status: cl_int = 0
    let kernel = clCreateKernel(program.handle, name, &status)
    let handle = try created(
      kernel, status, "clCreateKernel", detail: Self.creationDetail(program, name, OpenCLStatus(status)))
    do {
      let query = InfoQuery(call: "clGetKernelInfo") { clGetKernelInfo(handle, $0, $1, $2, $3) }
      argumentCount = Int(try query.value(CL_KERNEL_NUM_ARGS, as: cl_uint.self))
      workGroupInfo = try WorkGroupInfo(kernel: handle, device: program.context.device)
    } catch {
      clReleaseKernel(handle)
      throw error
    }
    self.handle = handle
    self.program = program
    self.name = name
    buffers = Array(repeating: nil, count: argumentCount)
    localBytes = Array(repeating: 0, count: argumentCount)
    localMemoryBytes = workGroupInfo.localMemoryBytes
  }

  deinit {
    clReleaseKernel(handle)
  }

  /// Binds a value to argument `index`, counted from 0.
  ///
  /// - Throws: `OpenCLError` for an index the kernel does not have, a value of another size than the argument, or a
  ///   buffer of another context.
  public func set(_ index: Int, _ argument: some KernelArgument) throws {
    try argument.bind(to: self, at: index)
  }

  /// Binds all arguments in order.
  ///
  /// - Throws: `OpenCLError`, also if there are more or fewer values than arguments.
  public func setArguments(_ arguments: any KernelArgument...) throws {
    guard arguments.count == argumentCount else {
      throw OpenCLError(
        status: .invalidKernelArguments, call: "clSetKernelArg",
        detail: "kernel \(name) takes \(argumentCount) arguments, not \(arguments.count)")
    }
    for (index, argument) in arguments.enumerated() {
      try argument.bind(to: self, at: index)
    }
  }

  func bind(_ buffer: Buffer?, at index: Int) throws {
    if let buffer, buffer.context != program.context {
      throw OpenCLError(
        status: .invalidContext, call: "clSetKernelArg",
        detail: "argument \(index) of kernel \(name) is a buffer of another context")
    }
    var handle: cl_mem? = buffer?.memory.handle
    try bind(index, size: MemoryLayout<cl_mem?>.size, &handle)
    buffers[index] = buffer
  }

  func bind(_ memory: LocalMemory, at index: Int) throws {
    // A negative size would reach the driver as a huge one.
    guard memory.byteCount > 0 else {
      throw OpenCLError(
        status: .invalidValue, call: "clSetKernelArg",
        detail: "argument \(index) of kernel \(name): local memory of \(memory.byteCount) bytes cannot exist")
    }
    let (total, overflow) = localMemoryBytes.addingReportingOverflow(memory.byteCount)
    let limit = program.context.device.localMemoryBytes
    guard !overflow, total - (localBytes.indices.contains(index) ? localBytes[index] : 0) <= limit else {
      throw OpenCLError(
        refused: .outOfResources, call: "clSetKernelArg",
        detail: "argument \(index) of kernel \(name): \(memory.byteCount) bytes of local memory, of which "
          + "\(program.context.device.name) has \(limit)")
    }
    try bind(index, size: memory.byteCount, nil)
    localBytes[index] = memory.byteCount
    localMemoryBytes += memory.byteCount
  }

  func bind<Scalar: KernelScalar>(scalar: Scalar, at index: Int) throws {
    var scalar = scalar
    try bind(index, size: MemoryLayout<Scalar>.size, &scalar)
  }

  private func bind(_ index: Int, size: Int, _ value: UnsafeRawPointer?) throws {
    guard (0..<argumentCount).contains(index) else {
      throw OpenCLError(
        status: .invalidArgumentIndex, call: "clSetKernelArg",
        detail: "kernel \(name) has no argument \(index), it takes \(argumentCount)")
    }
    try check(
      clSetKernelArg(handle, cl_uint(index), size, value), "clSetKernelArg",
      detail: "argument \(index) of kernel \(name), \(size) bytes")
    buffers[index] = nil
    localMemoryBytes -= localBytes[index]
    localBytes[index] = 0
  }

  private static func creationDetail(_ program: Program, _ name: String, _ status: OpenCLStatus) -> String {
    guard status == .invalidKernelName, let names = try? program.kernelNames() else { return "kernel \(name)" }
    return "kernel \(name) is not among \(names.joined(separator: ", "))"
  }
}

extension WorkGroupInfo {
  init(kernel: OpaquePointer, device: Device) throws {
    let query = InfoQuery(call: "clGetKernelWorkGroupInfo") {
      clGetKernelWorkGroupInfo(kernel, device.handle, $0, $1, $2, $3)
    }
    maximumSize = Int(clamping: try query.value(CL_KERNEL_WORK_GROUP_SIZE, as: UInt.self))
    preferredMultiple =
      try query.ifKnown { Int(clamping: try $0.value(CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE, as: UInt.self)) }
      ?? 1
    localMemoryBytes = Int(clamping: try query.value(CL_KERNEL_LOCAL_MEM_SIZE, as: cl_ulong.self))
    privateMemoryBytes =
      try query.ifKnown { Int(clamping: try $0.value(CL_KERNEL_PRIVATE_MEM_SIZE, as: cl_ulong.self)) } ?? 0
    let required =
      try query.ifKnown { try $0.array(CL_KERNEL_COMPILE_WORK_GROUP_SIZE, of: UInt.self).map { Int(clamping: $0) } }
      ?? []
    requiredSize =
      required.count == 3 && required.allSatisfy { $0 > 0 }
      ? WorkSize(required[0], required[1], required[2]) : nil
  }
}
