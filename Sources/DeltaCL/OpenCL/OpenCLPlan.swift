import OpenCL

/// The kernels that run an operation on an OpenCL device, their programs built.
final class OpenCLPlan: Plan {
  let operation: TensorOperation
  let scratchByteCount: Int
  let summary: String
  private let launches: [(launch: Launch, program: Program)]
  /// The bytes of each part of the scratch.
  private let scratchParts: [Range<Int>]
  // The backend keeps its plans: a strong reference would keep both for ever.
  private weak let backend: OpenCLBackend?

  init(_ operation: TensorOperation, _ list: LaunchList, on backend: OpenCLBackend) throws {
    self.operation = operation
    self.backend = backend
    summary = list.summary
    launches = try list.launches.map { launch in
      let program = try backend.program(launch.program)
      if launch.program.text != nil { try launch.validate(program.kernel(named: launch.kernel), of: operation) }
      return (launch, program)
    }
    var end = 0
    scratchParts = list.scratchByteCounts.map { byteCount in
      // OpenCL has no empty buffers.
      let part = end..<end + max(1, byteCount)
      end = ceilingDivision(part.upperBound, backend.alignmentBytes) * backend.alignmentBytes
      return part
    }
    scratchByteCount = end
    try Shape([ElementType.float32.count(holding: end)]).validate("\(operation.name): scratch")
  }

  func bind(_ operands: [any Storage], scratch: (any Storage)?, label: String) throws -> any BoundOperation {
    guard let backend else {
      throw DeltaCLError(
        .invalidArgument, "\(label): the backend that made this plan is gone; keep it while its plans are used")
    }
    try operation.validate(operands)
    let buffers = try zip(operands, operation.operands).map { storage, operand in
      try backend.buffer(of: storage, for: operand, "\(label): \(operand.name)")
    }
    let scratchBuffers = try scratchParts.map { part in
      guard let scratch, scratch.byteCount >= scratchByteCount else {
        throw DeltaCLError(
          .mismatch, "\(label) needs \(scratchByteCount) bytes of scratch and was given \(scratch?.byteCount ?? 0)")
      }
      return try backend.buffer(of: scratch, "\(label): scratch")
        .subBuffer(offset: part.lowerBound, byteCount: part.count)
    }
    let bound = try launches.map { launch, program in
      let kernel = try program.kernel(named: launch.kernel)
      for (index, argument) in launch.arguments.values.enumerated() {
        switch argument {
        case .operand(let position): try kernel.set(index, buffers[position])
        case .scratch(let position): try kernel.set(index, scratchBuffers[position])
        case .int(let value): try kernel.set(index, try int32(value, label))
        case .float(let value): try kernel.set(index, value)
        }
      }
      guard launch.arguments.values.count == kernel.argumentCount else {
        throw DeltaCLError(
          .missingKernel,
          "\(label): the kernel \(launch.kernel) takes \(kernel.argumentCount) arguments, not \(launch.arguments.values.count): the sources in DELTACL_KERNELS_DIR are of another version"
        )
      }
      try Self.requireRoom(for: launch, kernel.workGroupInfo, on: backend, label)
      let localSize =
        launch.localSize.map { WorkSize($0, 1, 1) } ?? backend.localSize(for: kernel, covering: launch.globalSize[0])
      guard let globalSize = WorkSize(launch.globalSize).roundedUp(toMultipleOf: localSize) else {
        throw DeltaCLError(.tooLarge, "\(label): \(launch.globalSize) work-items are too many")
      }
      return BoundLaunch(kernel: kernel, globalSize: globalSize, localSize: localSize)
    }
    return OpenCLBoundOperation(bound, Work(operation, label: label), backend: backend)
  }

  /// Throws if the device cannot run a work-group of a kernel: some drivers end the process when it is enqueued.
  private static func requireRoom(
    for launch: Launch, _ info: WorkGroupInfo, on backend: OpenCLBackend, _ label: String
  ) throws(DeltaCLError) {
    func require(_ needed: Int, _ most: Int, _ need: String) throws(DeltaCLError) {
      guard needed > most else { return }
      throw DeltaCLError(
        .unsupportedKernel,
        "\(label): the kernel \(launch.kernel) needs \(need), and \(backend) allows \(most): set DELTACL_FAMILY=tile, or "
          + "choose another device")
    }
    if let items = launch.localSize {
      let most = min(info.maximumSize, backend.planner.maximumWorkGroupSize)
      try require(items, most, "work-groups of \(items) work-items")
    }
    let bytes = info.localMemoryBytes
    try require(bytes, backend.planner.localMemoryBytes, "\(bytes) bytes of local memory")
  }

  private func int32(_ value: Int, _ label: String) throws -> Int32 {
    guard let exact = Int32(exactly: value) else {
      throw DeltaCLError(.tooLarge, "\(label): \(value) does not fit into 32 bits; use a smaller batch or image")
    }
    return exact
  }
}

extension WorkSize {
  /// One to three sizes, the missing ones 1.
  fileprivate init(_ sizes: [Int]) {
    self.init(sizes[0], sizes.count > 1 ? sizes[1] : 1, sizes.count > 2 ? sizes[2] : 1)
  }
}
