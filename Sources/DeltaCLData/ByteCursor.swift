/// Takes bytes and little-endian numbers from the front of what is left.
struct ByteCursor {
  private let bytes: [UInt8]
  /// Where the next byte is.
  private(set) var position: Int

  init(_ bytes: [UInt8], at position: Int = 0) {
    self.bytes = bytes
    self.position = position
  }

  /// The bytes that are left.
  var remaining: Int { bytes.count - position }

  /// Takes `count` bytes; `nil` if fewer are left.
  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, count <= remaining else { return nil }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// Takes a byte; `nil` at the end.
  mutating func byte() -> UInt8? {
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return bytes[position]
  }

  /// Takes an unsigned number; `nil` if too few bytes are left.
  mutating func number<Number: FixedWidthInteger & UnsignedInteger>(_: Number.Type) -> Number? {
    take(MemoryLayout<Number>.size)?.reversed().reduce(0) { $0 << 8 | Number($1) }
  }

  /// Takes a number of 64 bits that is a size; `nil` if too few bytes are left, or for a number above `Int.max`.
  mutating func size() -> Int? {
    number(UInt64.self).flatMap { Int(exactly: $0) }
  }

  /// Takes the bytes before the next `byte` and that byte; `nil` if there is none.
  mutating func take(until byte: UInt8) -> ArraySlice<UInt8>? {
    guard let end = bytes[position...].firstIndex(of: byte) else { return nil }
    defer { position = end + 1 }
    return bytes[position..<end]
  }
}

extension [UInt8] {
  /// Appends a number, its lowest byte first.
  mutating func append(littleEndian number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
