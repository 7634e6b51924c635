import Testing

@testable import OpenCL

@Suite struct BufferTests {
  let context: Context
  let queue: CommandQueue

  init() throws {
    context = try Context(try testDevice())
    queue = try CommandQueue(context)
  }

  @Test func roundTripsWithOffsets() throws {
    let buffer = try Buffer(context, byteCount: 40)
    try queue.write([Int32](0..<10), to: buffer)
    try queue.write([Int32(-1), -2], to: buffer, offset: 12)
    #expect(try queue.read(buffer, as: Int32.self, count: 10) == [0, 1, 2, -1, -2, 5, 6, 7, 8, 9])
    #expect(try queue.read(buffer, offset: 36, as: Int32.self, count: 1) == [9])
    #expect(try queue.read(buffer, offset: 40, as: Int32.self, count: 0).isEmpty)
    try queue.write([Int32](), to: buffer)
  }

  @Test func fillsAndCopies() throws {
    let source = try Buffer(context, byteCount: 32)
    let destination = try Buffer(context, byteCount: 32)
    try queue.enqueueFill(source, with: Float(2.5))
    try queue.enqueueFill(source, with: Float(7), offset: 8, byteCount: 8)
    try queue.enqueueFill(destination, with: Float(0))
    try queue.enqueueCopy(from: source, sourceOffset: 4, to: destination, destinationOffset: 16, byteCount: 12)
    #expect(try queue.read(source, as: Float.self, count: 8) == [2.5, 2.5, 7, 7, 2.5, 2.5, 2.5, 2.5])
    #expect(try queue.read(destination, as: Float.self, count: 8) == [0, 0, 0, 0, 2.5, 7, 7, 0])
  }

  @Test func refusesOverlappingCopies() throws {
    let alignment = context.device.memoryBaseAddressAlignmentBits / 8
    let buffer = try Buffer(context, byteCount: 4 * alignment)
    try queue.enqueueFill(buffer, with: UInt8(1))
    try queue.enqueueCopy(from: buffer, to: buffer, destinationOffset: 8, byteCount: 8)
    #expect(
      try openCLError { try queue.enqueueCopy(from: buffer, to: buffer, destinationOffset: 4, byteCount: 8) }.status
        .rawValue == -8
    )
    let part = try buffer.subBuffer(offset: alignment, byteCount: alignment)
    #expect(
      try openCLError { try queue.enqueueCopy(from: buffer, sourceOffset: alignment - 4, to: part, byteCount: 8) }
        .status
        .rawValue == -8)
    try queue.finish()
  }

  @Test func subBuffersShareMemoryAndKeepIt() throws {
    let alignment = context.device.memoryBaseAddressAlignmentBits / 8
    var buffer: Buffer? = try Buffer(context, byteCount: 4 * alignment)
    try queue.enqueueFill(#require(buffer), with: UInt8(1))
    let part = try #require(try buffer?.subBuffer(offset: alignment, byteCount: 3 * alignment))
    let inner = try part.subBuffer(offset: alignment, byteCount: alignment)
    #expect(inner.parent === buffer)
    #expect(inner.offset == 2 * alignment)
    try queue.enqueueFill(inner, with: UInt8(9))
    let expected = [UInt8](repeating: 1, count: alignment) + [UInt8](repeating: 9, count: alignment)
    #expect(try queue.read(part, as: UInt8.self, count: 2 * alignment) == expected)
    buffer = nil
    #expect(context.allocatedBytes == 4 * alignment)
    #expect(try queue.read(part, as: UInt8.self, count: 2 * alignment) == expected)
  }

  @Test func refusesWrongSubBuffers() throws {
    let alignment = context.device.memoryBaseAddressAlignmentBits / 8
    let buffer = try Buffer(context, byteCount: 2 * alignment)
    func status(_ offset: Int, _ byteCount: Int) throws -> Int32 {
      try openCLError { _ = try buffer.subBuffer(offset: offset, byteCount: byteCount) }.status.rawValue
    }
    #expect(try status(0, 0) == -61)
    #expect(try status(alignment, alignment + 1) == -30)
    #expect(try status(-alignment, alignment) == -30)
    #expect(try status(alignment, .max) == -30)
    #expect(try status(4, 4) == -13)
  }

  @Test(arguments: [0, -1, Int.min])
  func refusesEmptyBuffers(byteCount: Int) throws {
    let error = try openCLError { _ = try Buffer(context, byteCount: byteCount) }
    #expect(error.status.name == "CL_INVALID_BUFFER_SIZE")
    #expect(error.description.contains("\(byteCount) bytes"))
  }

  @Test func refusesOversizeBuffers() throws {
    for byteCount in [context.device.maximumAllocationBytes + 1, .max] {
      let error = try openCLError { _ = try Buffer(context, byteCount: byteCount) }
      #expect(error.isOutOfMemory)
      #expect(error.call == "clCreateBuffer")
      #expect(error.description.contains("\(byteCount)"))
      #expect(error.description.contains("smaller batch"))
    }
    #expect(context.allocatedBytes == 0)
  }

  @Test func refusesMoreThanGlobalMemory() throws {
    let largest = context.device.maximumAllocationBytes
    let error = try openCLError {
      // Untouched memory costs nothing on a CPU device; only the account is exhausted.
      var buffers: [Buffer] = []
      for _ in 0...(context.device.globalMemoryBytes / largest) {
        buffers.append(try Buffer(context, byteCount: largest))
      }
    }
    #expect(error.isOutOfMemory)
    #expect(context.allocatedBytes == 0)
  }

  @Test(arguments: [(0, 17), (16, 1), (17, 0), (-1, 4), (8, Int.max), (Int.max, 8)])
  func refusesTransfersOutside(offset: Int, byteCount: Int) throws {
    let buffer = try Buffer(context, byteCount: 16)
    let other = try Buffer(context, byteCount: 64)
    let status = OpenCLStatus(rawValue: -30)
    #expect(
      try openCLError { _ = try queue.read(buffer, offset: offset, as: UInt8.self, count: byteCount) }.status == status)
    #expect(
      try openCLError { try queue.enqueueFill(buffer, with: UInt8(0), offset: offset, byteCount: byteCount) }.status
        == status)
    #expect(
      try openCLError { try queue.enqueueCopy(from: buffer, sourceOffset: offset, to: other, byteCount: byteCount) }
        .status
        == status)
    #expect(
      try openCLError {
        try queue.enqueueCopy(from: other, to: buffer, destinationOffset: offset, byteCount: byteCount)
      }.status
        == status)
    if byteCount < 64 {
      let bytes = [UInt8](repeating: 0, count: byteCount)
      #expect(try openCLError { try queue.write(bytes, to: buffer, offset: offset) }.status == status)
    }
  }

  @Test func refusesOverflowingAndNegativeCounts() throws {
    let buffer = try Buffer(context, byteCount: 16)
    for count in [Int.max, Int.max / 2, Int.min, -1] {
      #expect(try openCLError { _ = try queue.read(buffer, as: Float.self, count: count) }.status.rawValue == -30)
    }
  }

  @Test func refusesFillsOfPartsOfValues() throws {
    let buffer = try Buffer(context, byteCount: 18)
    #expect(try openCLError { try queue.enqueueFill(buffer, with: Float(1)) }.status.rawValue == -30)
    #expect(
      try openCLError { try queue.enqueueFill(buffer, with: Float(1), offset: 2, byteCount: 8) }.status.rawValue == -30)
  }

  @Test func refusesBuffersOfAnotherContext() throws {
    let foreign = try Buffer(try Context(context.device), byteCount: 16)
    #expect(try openCLError { try queue.write([Int32(1)], to: foreign) }.status.name == "CL_INVALID_CONTEXT")
  }

  @Test func dropsMemoryOfDroppedBuffers() throws {
    for value in 0..<2000 {
      let buffer = try Buffer(context, byteCount: 16 << 20)
      try queue.enqueueFill(buffer, with: UInt8(truncatingIfNeeded: value), byteCount: 64)
      // Commands keep their buffers, and a driver may leave them waiting until it is asked.
      try queue.finish()
    }
    #expect(context.allocatedBytes == 0)
  }
}
