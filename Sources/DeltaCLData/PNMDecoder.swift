/// Decodes PGM and PPM, text and binary, of up to 16 bits a value.
struct PNMDecoder {
  private let bytes: [UInt8]
  private let name: String
  private var position = 2

  /// Nil if `bytes` do not begin as PGM or PPM do.
  ///
  /// - Throws: `DataError` when the data is damaged, ends early or the image is too large.
  static func decode(_ bytes: [UInt8], name: String) throws(DataError) -> Image? {
    guard bytes.count >= 3, bytes[0] == UInt8(ascii: "P"), isSpace(bytes[2]) || bytes[2] == UInt8(ascii: "#"),
      let kind = Kind(rawValue: bytes[1])
    else { return nil }
    var decoder = PNMDecoder(bytes: bytes, name: name)
    return try decoder.image(kind)
  }

  /// What the second letter says.
  private enum Kind: UInt8 {
    case textGray = 0x32, textColor, binaryGray = 0x35, binaryColor

    var channels: Int { self == .textGray || self == .binaryGray ? 1 : 3 }
    var isText: Bool { self == .textGray || self == .textColor }
  }

  private init(bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
  }

  private mutating func image(_ kind: Kind) throws(DataError) -> Image {
    guard let columns = number(), let rows = number() else {
      throw malformed("header has no width and height")
    }
    try Image.checkSize(rows: rows, columns: columns, bytesPerPixel: kind.channels, name: name)
    guard let maximum = number(), (1...65_535).contains(maximum) else {
      throw malformed("header has no largest value from 1 to 65535")
    }
    let count = rows * columns * kind.channels
    let size = maximum > 255 ? 2 : 1
    // One white space ends the header; a value of a text has at least a digit and a space.
    let available = bytes.count - position - (kind.isText ? 0 : 1)
    guard available >= (kind.isText ? 2 * count - 1 : count * size) else {
      throw truncated("\(count) values cannot be in its \(max(available, 0)) bytes")
    }
    if !kind.isText { position += 1 }

    var pixels: [UInt8] = []
    pixels.reserveCapacity(count)
    for index in 0..<count {
      let value: Int
      if kind.isText {
        guard let number = number() else {
          guard position == bytes.count else { throw malformed("value \(index) is no number") }
          throw truncated("has \(index) of \(count) values")
        }
        value = number
      } else if size == 2 {
        value = Int(bytes[position]) << 8 | Int(bytes[position + 1])
        position += 2
      } else {
        value = Int(bytes[position])
        position += 1
      }
      guard value <= maximum else { throw malformed("value \(index) is \(value), over the largest of \(maximum)") }
      pixels.append(UInt8((value * 255 + maximum / 2) / maximum))
    }
    return Image(rows: rows, columns: columns, channels: kind.channels, checkedPixels: pixels)
  }

  /// The next decimal number, after white space and comments, or nil.
  private mutating func number() -> Int? {
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "#") {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
      } else if Self.isSpace(bytes[position]) {
        position += 1
      } else {
        break
      }
    }
    let start = position
    var value = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      value = value * 10 + Int(bytes[position] - 0x30)
      // Nothing here is larger, and the product must not overflow.
      guard value <= Int(Int32.max) else { return nil }
      position += 1
    }
    return position > start ? value : nil
  }

  private func malformed(_ reason: String) -> DataError {
    DataError(.malformed, name, "the PGM or PPM image is damaged: \(reason); get the file again")
  }

  private func truncated(_ reason: String) -> DataError {
    DataError(.truncated, name, "the PGM or PPM image is cut short: \(reason); get the file again")
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte)
  }
}
