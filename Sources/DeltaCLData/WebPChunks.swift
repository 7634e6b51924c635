/// The chunks of a WebP file (RFC 9649).
struct WebPChunks {
  let orientation: ExifOrientation

  /// Whether bytes begin as a WebP file does.
  static func begin(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: Array("RIFF".utf8)) && bytes.dropFirst(8).starts(with: Array("WEBP".utf8))
  }

  /// - Throws: `DataError` (`truncated`) when the file ends before what it announces.
  init(_ bytes: [UInt8], name: String) throws(DataError) {
    let announced = Self.length(in: bytes, at: 4) + 8
    guard bytes.count >= announced else {
      throw DataError(
        .truncated, name, "the WebP image is cut short, after \(bytes.count) of \(announced) bytes; get the file again")
    }
    var orientation: ExifOrientation?
    var position = 12
    while orientation == nil, position + 8 <= announced {
      let length = Self.length(in: bytes, at: position + 4)
      guard length <= announced - position - 8 else { break }
      if bytes[position..<position + 4].elementsEqual("EXIF".utf8) {
        // Some programs write the header of JPEG's segment too.
        let content = bytes[position + 8..<position + 8 + length]
        orientation = ExifOrientation(content.starts(with: Array("Exif\0\0".utf8)) ? content.dropFirst(6) : content)
      }
      // Chunks have an even number of bytes.
      position += 8 + length + length % 2
    }
    self.orientation = orientation ?? .upright
  }

  /// The little-endian length at `offset`.
  private static func length(in bytes: [UInt8], at offset: Int) -> Int {
    bytes[offset..<offset + 4].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
