import OpenCL

/// The elements of an operand on the host, bit by bit.
struct HostValues: Hashable, Sendable {
  let elementType: ElementType
  let bits: [UInt32]

  init(_ elementType: ElementType, bits: [UInt32]) {
    self.elementType = elementType
    self.bits = bits
  }

  init(_ floats: [Float]) {
    self.init(.float32, bits: floats.map(\.bitPattern))
  }

  init(_ integers: [Int32]) {
    self.init(.int32, bits: integers.map(UInt32.init(bitPattern:)))
  }

  /// `count` elements that no result has: NaN, or an integer that is no label, position or count.
  init(garbage elementType: ElementType, count: Int) {
    let bits: UInt32 = elementType == .float32 ? 0x7FC0_DEAD : 0x8BAD_F00D
    self.init(elementType, bits: [UInt32](repeating: bits, count: count))
  }

  /// The elements as `float32`.
  var floats: [Float] { bits.map(Float.init(bitPattern:)) }

  /// An element as text.
  func text(_ index: Int) -> String {
    switch elementType {
    case .float32: "\(Float(bitPattern: bits[index]))"
    case .int32: "\(Int32(bitPattern: bits[index]))"
    }
  }
}

extension HostValues {
  /// Copies the elements to a storage of as many.
  func write(to storage: any Storage) throws {
    if bits.isEmpty { return }
    let memory = try HostMemory(byteCount: bits.count * elementType.byteCount)
    memory.withUnsafeMutableBytes { destination in
      bits.withUnsafeBytes { destination.copyMemory(from: $0) }
    }
    try storage.write(memory)
  }

  /// Waits for a storage's elements.
  init(reading storage: any Storage) throws {
    var bits = [UInt32](repeating: 0, count: storage.count)
    if !bits.isEmpty { try bits.withUnsafeMutableBytes { try storage.read(into: $0) } }
    self.init(storage.elementType, bits: bits)
  }
}
