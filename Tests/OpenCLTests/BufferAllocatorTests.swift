import Testing

@testable import OpenCL

@Suite struct BufferAllocatorTests {
  let context: Context
  let allocator: BufferAllocator

  init() throws {
    context = try Context(try testDevice())
    allocator = BufferAllocator(context)
  }

  @Test func memoryIsReusedWithinItsSizeClass() throws {
    var buffer: Buffer? = try allocator.allocate(byteCount: 1_000)
    let address = try #require(buffer).memory.handle
    #expect(allocator.statistics.inUseBytes == 1_000 && allocator.statistics.cachedBytes == 0)
    buffer = nil
    #expect(allocator.statistics.inUseBytes == 0 && allocator.statistics.cachedBytes == 1_000)
    #expect(context.allocatedBytes == 1_000)
    // Neither too large nor much too small for it.
    let others = [try allocator.allocate(byteCount: 1_001), try allocator.allocate(byteCount: 800)]
    #expect(others.map(\.byteCount) == [1_001, 800])
    // An optimised build drops what is not used any more.
    try withExtendedLifetime(others) {
      let next = try allocator.allocate(byteCount: 970)
      #expect(next.byteCount == 1_000 && next.memory.handle == address)
      #expect(allocator.statistics.allocationCount == 4 && allocator.statistics.reuseCount == 1)
      #expect(allocator.statistics.peakBytes == 2_801)
    }
  }

  /// As long as anything may use the memory.
  @Test func viewsAndKernelsKeepMemoryFromReuse() throws {
    let program = try Program(context, sources: [testSource])
    let alignment = context.device.memoryAlignment
    var buffer: Buffer? = try allocator.allocate(byteCount: 4 * alignment)
    var part = try buffer?.subBuffer(offset: alignment, byteCount: alignment)
    buffer = nil
    #expect(allocator.statistics.cachedBytes == 0)
    var kernel: Kernel? = try program.kernel(named: "fill_indices")
    try kernel?.setArguments(#require(part), Int32(0))
    part = nil
    #expect(allocator.statistics.cachedBytes == 0)
    kernel = nil
    #expect(allocator.statistics.cachedBytes == 4 * alignment)
  }

  @Test func memoryThatOtherCodeKnowsIsNotReused() throws {
    let alignment = context.device.memoryAlignment
    do {
      let whole = try allocator.allocate(byteCount: 2 * alignment)
      _ = try whole.subBuffer(offset: 0, byteCount: alignment).handle
      try allocator.allocate(byteCount: 64).keepFromReuse()
    }
    #expect(allocator.statistics.inUseBytes == 0 && allocator.statistics.cachedBytes == 0)
    #expect(context.allocatedBytes == 0)
  }

  @Test func theCacheIsBounded() throws {
    allocator.cacheLimit = 3_000
    for byteCount in [1_000, 1_200, 1_400, 5_000] { _ = try allocator.allocate(byteCount: byteCount) }
    // The oldest went first, and what is larger than the cache is not kept.
    #expect(allocator.statistics.cachedBytes == 2_600)
    #expect(context.allocatedBytes == 2_600)
    allocator.cacheLimit = 1_500
    #expect(allocator.statistics.cachedBytes == 1_400)
    #expect(allocator.trim() == 1_400)
    #expect(allocator.trim() == 0)
    #expect(context.allocatedBytes == 0)
    allocator.cacheLimit = 0
    _ = try allocator.allocate(byteCount: 1_000)
    #expect(context.allocatedBytes == 0)
  }

  @Test func theLimitHolds() throws {
    allocator.limit = 10_000
    let first = try allocator.allocate(byteCount: 4_000)
    _ = try allocator.allocate(byteCount: 5_000)
    #expect(allocator.statistics.cachedBytes == 5_000)
    // What is kept makes room.
    var second: Buffer? = try allocator.allocate(byteCount: 6_000)
    #expect(allocator.statistics.cachedBytes == 0)
    let error = try openCLError { _ = try allocator.allocate(byteCount: 1) }
    #expect(error.isOutOfMemory)
    #expect(error.description.contains("limited to 10000 bytes, of which 10000 are in use"), "\(error)")
    #expect(allocator.statistics.inUseBytes == 10_000)
    withExtendedLifetime(second) {}
    second = nil
    allocator.limit = 4_500
    #expect(allocator.statistics.cachedBytes == 0)
    #expect(try openCLError { _ = try allocator.allocate(byteCount: 501) }.isOutOfMemory)
    #expect(throws: Never.self) { try allocator.allocate(byteCount: 500) }
    withExtendedLifetime(first) {}
    for byteCount in [0, -1, Int.min, Int.max] {
      #expect(throws: OpenCLError.self) { try allocator.allocate(byteCount: byteCount) }
    }
  }

  /// Untouched memory costs nothing on a CPU device; only the account is exhausted.
  @Test func memoryThatIsKeptIsFreedBeforeADeviceIsFull() throws {
    let largest = context.device.maximumAllocationBytes
    allocator.cacheLimit = .max
    allocator.limit = .max
    _ = try allocator.allocate(byteCount: largest)
    #expect(allocator.statistics.cachedBytes == largest)
    var others: [Buffer] = []
    while context.allocatedBytes < context.device.globalMemoryBytes {
      let left = context.device.globalMemoryBytes - context.allocatedBytes
      others.append(try Buffer(context, byteCount: min(left, largest)))
    }
    #expect(try allocator.allocate(byteCount: 4_096).byteCount == 4_096)
    #expect(allocator.statistics.cachedBytes == 0 || allocator.statistics.cachedBytes == 4_096)
    withExtendedLifetime(others) {}
  }

  @Test func threadsShareIt() async throws {
    let allocator = allocator
    await withTaskGroup(of: Void.self) { group in
      for task in 1...8 {
        group.addTask {
          var held: [Buffer] = []
          for round in 0..<200 {
            if let buffer = try? allocator.allocate(byteCount: 64 * (1 + (round * task) % 13)) { held.append(buffer) }
            if held.count > 5 { held.removeFirst(3) }
          }
        }
      }
    }
    #expect(allocator.statistics.inUseBytes == 0)
    #expect(allocator.statistics.allocationCount == 1_600)
    #expect(allocator.statistics.cachedBytes == context.allocatedBytes)
    allocator.trim()
    #expect(context.allocatedBytes == 0)
  }
}
