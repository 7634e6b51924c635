/// Reads the fields of comma-separated values (RFC 4180), line by line.
struct CSVScanner {
  private let bytes: [UInt8]
  private let name: String
  private var position = 0
  /// The line that the last record began in, counted from 1.
  private(set) var line = 0
  private var nextLine = 1

  /// - Parameter name: The file's name for errors.
  init(_ bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
    let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]
    if bytes.starts(with: byteOrderMark) { position = byteOrderMark.count }
  }

  /// The fields of the next record that is no empty line; `nil` at the end.
  ///
  /// - Throws: `DataError` (`malformed`) when a quotation mark is missing or has text behind it.
  mutating func record() throws(DataError) -> [[UInt8]]? {
    while position < bytes.count {
      line = nextLine
      var fields = [try field()]
      while position < bytes.count, bytes[position] == UInt8(ascii: ",") {
        position += 1
        fields.append(try field())
      }
      if position < bytes.count, bytes[position] == UInt8(ascii: "\r") { position += 1 }
      if position < bytes.count, bytes[position] == UInt8(ascii: "\n") { position += 1 }
      nextLine += 1
      if fields != [[]] { return fields }
    }
    return nil
  }

  private mutating func field() throws(DataError) -> [UInt8] {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      let start = position
      while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
      return Array(bytes[start..<position])
    }
    position += 1
    var field: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\n") { nextLine += 1 }
      guard byte == UInt8(ascii: "\"") else {
        field.append(byte)
        continue
      }
      if position < bytes.count, bytes[position] == byte {
        field.append(byte)
        position += 1
      } else if position == bytes.count || isEnd(bytes[position]) {
        return field
      } else {
        throw DataError(
          .malformed, name, "line \(line) has text behind a quotation mark; double those inside of a field")
      }
    }
    throw DataError(.malformed, name, "the quotation mark in line \(line) has no partner")
  }

  private func isEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }
}
