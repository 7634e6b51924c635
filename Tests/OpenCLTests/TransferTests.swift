import Testing

@testable import OpenCL

@Suite struct TransferTests {
  let context: Context
  let queue: CommandQueue

  init() throws {
    context = try Context(try testDevice())
    queue = try CommandQueue(context)
  }

  @Test func asynchronousWriteKeepsDroppedMemory() throws {
    let byteCount = 8 << 20
    let buffers = try (0..<8).map { _ in try Buffer(context, byteCount: byteCount) }
    weak var last: HostMemory?
    for (value, buffer) in buffers.enumerated() {
      let memory = try HostMemory(byteCount: byteCount)
      memory.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: UInt8(value + 1)) }
      try queue.enqueueWrite(memory, to: buffer)
      last = memory
    }
    // Allocations that would take the place of memory freed too early.
    let noise = try (0..<8).map { _ in try HostMemory(byteCount: byteCount) }
    try queue.finish()
    #expect(last == nil)
    #expect(queue.pendingTransferBytes == 0)
    for (value, buffer) in buffers.enumerated() {
      let bytes = try queue.read(buffer, as: UInt8.self, count: byteCount)
      #expect(bytes.allSatisfy { $0 == UInt8(value + 1) })
    }
    #expect(noise.allSatisfy { $0.withUnsafeBytes { $0.allSatisfy { $0 == 0 } } })
  }

  @Test func memoryWaitsForItsCommand() throws {
    let program = try Program(context, sources: [slowSource])
    let buffer = try Buffer(context, byteCount: 64)
    let kernel = try program.kernel(named: "slow")
    try kernel.setArguments(buffer, Int32(200_000_000))
    weak var memory: HostMemory?
    try queue.enqueue(kernel, globalSize: WorkSize(1))
    do {
      let written = try HostMemory(byteCount: 64)
      try queue.enqueueWrite(written, to: buffer)
      memory = written
    }
    #expect(memory != nil)
    try queue.finish()
    #expect(memory == nil)
  }

  @Test func droppedQueueFinishesFirst() throws {
    let buffer = try Buffer(context, byteCount: 1 << 20)
    let memory = try HostMemory(byteCount: 1 << 20)
    do {
      let other = try CommandQueue(context)
      try other.enqueueFill(buffer, with: UInt8(5))
      try other.enqueueRead(buffer, into: memory)
    }
    #expect(memory.withUnsafeBytes { $0.allSatisfy { $0 == 5 } })
  }

  @Test func rangesOfHostMemoryAreMoved() throws {
    let memory = try HostMemory(byteCount: 16)
    memory.withUnsafeMutableBytes { $0.copyBytes(from: 0..<16) }
    let buffer = try Buffer(context, byteCount: 16)
    try queue.enqueueFill(buffer, with: UInt8(99))
    try queue.enqueueWrite(memory, range: 4..<8, to: buffer, offset: 10)
    let event = try queue.enqueueRead(buffer, offset: 9, into: memory, range: 0..<6)
    try event.wait()
    #expect(try event.status() == .complete)
    #expect(memory.withUnsafeBytes { Array($0) } == [99, 4, 5, 6, 7, 99] + Array(6..<16))
  }

  @Test func refusesTransfersOutsideHostMemory() throws {
    let memory = try HostMemory(byteCount: 16)
    let buffer = try Buffer(context, byteCount: 16)
    for (range, offset) in [(0..<17, 0), (-1..<3, 0), (0..<16, 1), (4..<4, 0), (0..<8, Int.max)] {
      #expect(
        try openCLError { try queue.enqueueWrite(memory, range: range, to: buffer, offset: offset) }.status.rawValue
          == -30)
      #expect(
        try openCLError { try queue.enqueueRead(buffer, offset: offset, into: memory, range: range) }.status.rawValue
          == -30)
    }
    #expect(queue.pendingTransferBytes == 0)
  }

  @Test func hostMemoryIsAlignedAndZero() throws {
    let memory = try HostMemory(byteCount: 100)
    memory.withUnsafeBytes { bytes in
      #expect(bytes.count == 100)
      #expect(Int(bitPattern: bytes.baseAddress).isMultiple(of: 4096))
      #expect(bytes.allSatisfy { $0 == 0 })
    }
    #expect(throws: OpenCLError.self) { try HostMemory(byteCount: 0) }
    #expect(throws: OpenCLError.self) { try HostMemory(byteCount: 8, alignment: 24) }
    #expect(try openCLError { _ = try HostMemory(byteCount: .max / 2) }.isOutOfMemory)
  }

  private let slowSource = """
    __kernel void slow(__global uint* out, int count) {
      uint x = 1;
      for (int i = 0; i < count; ++i) x = x * 1664525u + (x >> 16);
      out[0] = x;
    }
    """
}
