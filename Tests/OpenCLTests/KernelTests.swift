import Testing

@testable import OpenCL

@Suite struct KernelTests {
  let context: Context
  let queue: CommandQueue
  let program: Program

  init() throws {
    context = try Context(try testDevice())
    queue = try CommandQueue(context, profiling: true)
    program = try Program(context, sources: [testSource])
  }

  @Test func runsOverTwoDimensions() throws {
    let buffer = try Buffer(context, byteCount: 12 * 6 * 4)
    let kernel = try program.kernel(named: "grid")
    try kernel.set(0, buffer)
    let expected = (0..<6).flatMap { y in (0..<12).map { x in Int32(y * 1000 + x) } }
    for localSize in [nil, WorkSize(4, 3)] {
      try queue.enqueueFill(buffer, with: Int32(-1))
      try queue.enqueue(kernel, globalSize: WorkSize(12, 6), localSize: localSize)
      #expect(try queue.read(buffer, as: Int32.self, count: 72) == expected)
    }
  }

  @Test func nilBuffersAreNullPointers() throws {
    let out = try Buffer(context, byteCount: 16)
    let bias = try Buffer(context, byteCount: 16)
    try queue.write([Float(10), 20, 30, 40], to: bias)
    let kernel = try program.kernel(named: "add_optional")
    try kernel.setArguments(out, bias, Float(2))
    try queue.enqueue(kernel, globalSize: WorkSize(4))
    #expect(try queue.read(out, count: 4) == [Float(10), 22, 34, 46])
    try kernel.set(1, Buffer?.none)
    try queue.enqueue(kernel, globalSize: WorkSize(4))
    #expect(try queue.read(out, count: 4) == [Float(0), 2, 4, 6])
  }

  @Test func localMemoryIsSharedInAWorkGroup() throws {
    let out = try Buffer(context, byteCount: 32)
    let kernel = try program.kernel(named: "reverse_groups")
    try kernel.setArguments(out, LocalMemory(byteCount: 16))
    try queue.enqueue(kernel, globalSize: WorkSize(8), localSize: WorkSize(4))
    #expect(try queue.read(out, as: Int32.self, count: 8) == [3, 2, 1, 0, 7, 6, 5, 4])
  }

  @Test func tooMuchLocalMemoryIsRefused() throws {
    let limit = context.device.localMemoryBytes
    let kernel = try program.kernel(named: "reverse_groups")
    for byteCount in [limit + 1, .max] {
      let error = try openCLError { try kernel.set(1, LocalMemory(byteCount: byteCount)) }
      #expect(error.status.name == "CL_OUT_OF_RESOURCES")
      #expect(error.description.contains("\(byteCount)"))
    }
    #expect(try openCLError { try kernel.set(1, LocalMemory(byteCount: 0)) }.status.rawValue == -30)
    // Setting it again replaces it.
    for _ in 0..<3 { try kernel.set(1, LocalMemory(byteCount: limit)) }

    let declared = try Program(
      context,
      sources: [
        """
        __kernel void declared(__global int* out) {
          __local int big[SIZE];
          big[get_local_id(0)] = 1;
          barrier(CLK_LOCAL_MEM_FENCE);
          out[0] = big[(get_local_id(0) + 1) % get_local_size(0)];
        }
        """
      ], options: "-DSIZE=\(limit / 4 + 1)"
    ).kernel(named: "declared")
    try declared.set(0, try Buffer(context, byteCount: 4))
    let error = try openCLError { try queue.enqueue(declared, globalSize: WorkSize(1)) }
    #expect(error.status.name == "CL_OUT_OF_RESOURCES")
    #expect(error.description.contains("kernel declared"))
  }

  @Test func argumentsOutlivePassedReferences() throws {
    let kernel = try program.kernel(named: "fill_indices")
    weak var first: Buffer?
    do {
      let buffer = try Buffer(context, byteCount: 16)
      try kernel.setArguments(buffer, Int32(5))
      first = buffer
    }
    #expect(first != nil)
    try queue.enqueue(kernel, globalSize: WorkSize(4))
    #expect(try queue.read(try #require(first), as: Int32.self, count: 4) == [5, 6, 7, 8])
    try kernel.set(0, try Buffer(context, byteCount: 16))
    #expect(first == nil)
  }

  @Test func commandsOutliveTheirKernelAndBuffers() throws {
    for _ in 0..<200 {
      let kernel = try program.kernel(named: "fill_indices")
      try kernel.setArguments(try Buffer(context, byteCount: 4 << 10), Int32(1))
      try queue.enqueue(kernel, globalSize: WorkSize(1 << 10))
    }
    try queue.finish()
    #expect(context.allocatedBytes == 0)
  }

  @Test func wrongArgumentsAreRefused() throws {
    let kernel = try program.kernel(named: "fill_indices")
    let buffer = try Buffer(context, byteCount: 16)
    for index in [2, -1, Int.max] {
      let error = try openCLError { try kernel.set(index, Int32(1)) }
      #expect(error.status.name == "CL_INVALID_ARG_INDEX")
      #expect(error.description.contains("fill_indices"))
      #expect(try openCLError { try kernel.set(index, LocalMemory(byteCount: 4)) }.status.rawValue == -49)
    }
    #expect(try openCLError { try kernel.set(1, Int64(1)) }.status.name == "CL_INVALID_ARG_SIZE")
    #expect(try openCLError { try kernel.setArguments(buffer) }.status.name == "CL_INVALID_KERNEL_ARGS")
    let foreign = try Buffer(try Context(context.device), byteCount: 16)
    #expect(try openCLError { try kernel.set(0, foreign) }.status.name == "CL_INVALID_CONTEXT")
  }

  @Test func missingArgumentIsNamedAtEnqueue() throws {
    let kernel = try program.kernel(named: "fill_indices")
    let error = try openCLError { try queue.enqueue(kernel, globalSize: WorkSize(4)) }
    #expect(error.status.name == "CL_INVALID_KERNEL_ARGS")
    #expect(error.call == "clEnqueueNDRangeKernel")
    #expect(error.description.contains("kernel fill_indices over 4 work-items"))
  }

  @Test func wrongWorkSizesAreRefused() throws {
    let kernel = try program.kernel(named: "fill_indices")
    try kernel.setArguments(try Buffer(context, byteCount: 64), Int32(0))
    func status(_ globalSize: WorkSize, _ localSize: WorkSize? = nil) throws -> String {
      try openCLError { try queue.enqueue(kernel, globalSize: globalSize, localSize: localSize) }.status.name
    }
    let tooLarge = kernel.workGroupInfo.maximumSize + 1
    #expect(try status(WorkSize(0)) == "CL_INVALID_GLOBAL_WORK_SIZE")
    #expect(try status(WorkSize(4, -1)) == "CL_INVALID_GLOBAL_WORK_SIZE")
    #expect(try status(WorkSize(10), WorkSize(4)) == "CL_INVALID_WORK_GROUP_SIZE")
    #expect(try status(WorkSize(10), WorkSize(0)) == "CL_INVALID_WORK_GROUP_SIZE")
    #expect(try status(WorkSize(10), WorkSize(-10)) == "CL_INVALID_WORK_GROUP_SIZE")
    #expect(try status(WorkSize(tooLarge), WorkSize(tooLarge)) == "CL_INVALID_WORK_GROUP_SIZE")
    #expect(try status(WorkSize(8, 8), WorkSize(8)) == "CL_INVALID_WORK_DIMENSION")
  }

  @Test func workGroupInfoIsReadAtCreation() throws {
    let info = try program.kernel(named: "fill_indices").workGroupInfo
    #expect(info.maximumSize > 0 && info.maximumSize <= context.device.maximumWorkGroupSize)
    #expect(info.preferredMultiple > 0)
    #expect(info.requiredSize == nil)
    let required = try Program(
      context, sources: ["__kernel __attribute__((reqd_work_group_size(4, 2, 1))) void k(__global int* o) { *o = 1; }"])
    #expect(try required.kernel(named: "k").workGroupInfo.requiredSize == WorkSize(4, 2, 1))
  }

  @Test func profilingTimesAreOrdered() throws {
    let kernel = try program.kernel(named: "fill_indices")
    try kernel.setArguments(try Buffer(context, byteCount: 4 << 16), Int32(0))
    let event = try queue.enqueueWithEvent(kernel, globalSize: WorkSize(1 << 16))
    try event.wait()
    #expect(try event.status() == .complete)
    let profile = try event.profile()
    #expect(profile.queued > 0)
    #expect(profile.queued <= profile.submitted)
    #expect(profile.submitted <= profile.started)
    #expect(profile.started <= profile.ended)
    #expect(profile.duration == profile.ended - profile.started)
  }

  @Test func timesNeedAProfilingQueue() throws {
    let plain = try CommandQueue(context)
    let event = try plain.enqueueMarker()
    try event.wait()
    #expect(try openCLError { _ = try event.profile() }.status.name == "CL_PROFILING_INFO_NOT_AVAILABLE")
  }

  @Test func barrierOrdersTwoQueues() throws {
    let other = try CommandQueue(context)
    let buffer = try Buffer(context, byteCount: 4 << 10)
    let kernel = try program.kernel(named: "fill_indices")
    try kernel.setArguments(buffer, Int32(3))
    let event = try queue.enqueueWithEvent(kernel, globalSize: WorkSize(1 << 10))
    try queue.flush()
    try other.enqueueBarrier(after: [event])
    #expect(try other.read(buffer, as: Int32.self, count: 1 << 10) == (0..<1024).map { Int32($0 + 3) })
    try Event.wait(for: [event, try other.enqueueMarker()])
  }

  @Test func contextsWorkSideBySide() async throws {
    let device = context.device
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<4 {
        group.addTask {
          let context = try Context(device)
          let queue = try CommandQueue(context)
          let kernel = try Program(context, sources: [testSource]).kernel(named: "fill_indices")
          let buffer = try Buffer(context, byteCount: 256)
          for round in 0..<50 {
            let base = Int32(1000 * task + round)
            try kernel.setArguments(buffer, base)
            try queue.enqueue(kernel, globalSize: WorkSize(64), localSize: WorkSize(16))
            #expect(try queue.read(buffer, as: Int32.self, count: 64) == (0..<64).map { base + $0 })
          }
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func kernelsOfAnotherContextAreRefused() throws {
    let kernel = try program.kernel(named: "grid")
    let other = try CommandQueue(try Context(context.device))
    #expect(
      try openCLError { try other.enqueue(kernel, globalSize: WorkSize(1, 1)) }.status.name == "CL_INVALID_CONTEXT")
  }
}
