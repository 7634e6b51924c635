/// The first lines of a PGM or PPM file, read to know its size before anything is allocated.
struct PNMHeader {
  /// 1 for PGM, 3 for PPM.
  let channels: Int
  let rows: Int
  let columns: Int

  /// Nil where `bytes` do not begin as PGM or PPM do.
  ///
  /// - Throws: `DataError` when the sizes that follow are missing or too large.
  init?(_ bytes: [UInt8], name: String) throws(DataError) {
    guard bytes.count >= 3, bytes[0] == UInt8(ascii: "P"), Self.isSpace(bytes[2]) || bytes[2] == UInt8(ascii: "#")
    else { return nil }
    switch bytes[1] {
    case UInt8(ascii: "2"), UInt8(ascii: "5"): channels = 1
    case UInt8(ascii: "3"), UInt8(ascii: "6"): channels = 3
    default: return nil
    }
    var position = 2
    guard let columns = Self.number(bytes, &position), let rows = Self.number(bytes, &position) else {
      throw DataError(.malformed, name, "the PGM or PPM header has no width and height; get the file again")
    }
    try Image.checkSize(rows: rows, columns: columns, name: name)
    self.rows = rows
    self.columns = columns
  }

  /// The next decimal number, after white space and comments, or nil.
  private static func number(_ bytes: [UInt8], _ position: inout Int) -> Int? {
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "#") {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
      } else if isSpace(bytes[position]) {
        position += 1
      } else {
        break
      }
    }
    let digits = bytes[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    position += digits.count
    return Int(String(decoding: digits, as: UTF8.self))
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte)
  }
}
