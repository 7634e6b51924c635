import Synchronization
import Testing

@testable import OpenCL

/// Memory that host and device share. On a device that has no memory of its own nothing is copied, which addresses show.
@Suite struct MappingTests {
  let context: Context
  let queue: CommandQueue

  init() throws {
    context = try Context(try testDevice())
    queue = try CommandQueue(context)
  }

  @Test func hostMemoryIsWrappedWithoutACopy() throws {
    let memory = try HostMemory(byteCount: 1 << 12)
    let buffer = try Buffer(context, wrapping: memory)
    #expect(try buffer.hostAddress() == memory.start)
    let kernel = try Program(context, sources: [testSource]).kernel(named: "fill_indices")
    try kernel.setArguments(buffer, Int32(5))
    try queue.enqueue(kernel, globalSize: WorkSize(1 << 10))
    try queue.withMappedBytes(buffer) { bytes in
      if context.device.hasHostUnifiedMemory { #expect(bytes.baseAddress == UnsafeRawPointer(memory.start)) }
      #expect(Array(bytes.bindMemory(to: Int32.self)) == (0..<1024).map { Int32($0 + 5) })
    }
  }

  @Test func memoryOfOtherCodeIsWrapped() throws {
    let alignment = context.device.memoryAlignment
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 4 * alignment, alignment: alignment)
    defer { bytes.deallocate() }
    let released = Mutex(0)
    do {
      let memory = try HostMemory(wrapping: bytes) { released.withLock { $0 += 1 } }
      let part = try Buffer(context, wrapping: memory).subBuffer(offset: alignment, byteCount: alignment)
      try queue.enqueueFill(part, with: UInt8(9))
      try queue.withMappedBytes(part) { #expect($0.allSatisfy { $0 == 9 }) }
      #expect(released.withLock { $0 } == 0)
    }
    #expect(settles { released.withLock { $0 } == 1 })
    let empty = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    #expect(try openCLError { _ = try HostMemory(wrapping: empty) {} }.status == .invalidHostPointer)
  }

  @Test func commandsKeepWrappedMemory() throws {
    let gate = try UserEvent(context)
    weak var lent: HostMemory?
    do {
      let memory = try HostMemory(byteCount: 4_096)
      let buffer = try Buffer(context, wrapping: memory)
      try queue.enqueueBarrier(after: [gate.event])
      try queue.enqueueFill(buffer, with: UInt8(1))
      lent = memory
    }
    #expect(lent != nil)
    try gate.complete()
    try queue.finish()
    #expect(settles { lent == nil })
  }

  @Test func addressesThatAreNotAlignedAreRefused() throws {
    let alignment = context.device.memoryAlignment
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * alignment, alignment: alignment)
    defer { bytes.deallocate() }
    let memory = try HostMemory(wrapping: UnsafeMutableRawBufferPointer(rebasing: bytes[4..<68])) {}
    let error = try openCLError { _ = try Buffer(context, wrapping: memory) }
    #expect(error.status == .invalidHostPointer && error.description.contains("multiple of \(alignment) bytes"))
    #expect(!error.isOutOfMemory)
  }

  @Test func whatTheHostWritesIsSeenByLaterCommands() throws {
    let alignment = context.device.memoryAlignment
    let buffer = try Buffer(context, byteCount: 4 * alignment)
    try queue.enqueueFill(buffer, with: UInt8(1))
    let part = try buffer.subBuffer(offset: alignment, byteCount: 2 * alignment)
    try queue.withMutableMappedBytes(part, offset: 4, byteCount: 8) { bytes in
      #expect(Array(bytes) == [UInt8](repeating: 1, count: 8))
      for index in bytes.indices { bytes[index] = 2 }
    }
    let expected = [UInt8](repeating: 1, count: 4) + [UInt8](repeating: 2, count: 8) + [1]
    #expect(try queue.read(part, as: UInt8.self, count: 13) == expected)
    #expect(throws: CancellationError.self) {
      try queue.withMutableMappedBytes(buffer) { bytes in
        bytes[0] = 3
        throw CancellationError()
      }
    }
    #expect(try queue.read(buffer, as: UInt8.self, count: 1) == [3])
    try queue.withMappedBytes(buffer, offset: 4 * alignment) { #expect($0.isEmpty) }
    for (offset, byteCount) in [(0, 4 * alignment + 1), (-1, 1), (4, Int.max)] {
      #expect(
        try openCLError { try queue.withMappedBytes(buffer, offset: offset, byteCount: byteCount) { _ in } }.status
          == .invalidValue)
    }
  }

  @Test func pinnedMemoryMovesLikeAnyOther() throws {
    let buffer = try Buffer(context, byteCount: 1 << 10)
    do {
      let memory = try HostMemory(pinned: 1 << 10, for: queue)
      #expect(memory.withUnsafeBytes { $0.allSatisfy { $0 == 0 } })
      memory.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 6) }
      try queue.enqueueWrite(memory, to: buffer)
    }
    #expect(try queue.read(buffer, as: UInt8.self, count: 1 << 10).allSatisfy { $0 == 6 })
    try queue.finish()
    #expect(context.allocatedBytes == 1 << 10)
    #expect(throws: OpenCLError.self) { try HostMemory(pinned: 0, for: queue) }
  }
}
