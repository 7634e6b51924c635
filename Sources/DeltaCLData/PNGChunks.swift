/// The chunks of a PNG file, sorted into what decoding needs and what it must not see.
struct PNGChunks {
  static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

  /// The file without the chunks that would change its colours, such as gAMA and iCCP, and all others that are not needed.
  ///
  /// Networks are trained on the stored values: Pillow, OpenCV and torchvision give those, whatever gamma the file states.
  let essential: [UInt8]
  /// The orientation in an eXIf chunk.
  let orientation: ExifOrientation
  /// Whether the file ends before its end chunk, though not before its pixels.
  let isCutAfterPixels: Bool

  /// Walks through a file that begins with the signature. What is wrong before the pixels is left for the decoder to find.
  init(_ bytes: [UInt8]) {
    var essential = Self.signature
    essential.reserveCapacity(bytes.count)
    var orientation = ExifOrientation.upright
    var (hasPixels, isEnded) = (false, false)
    var position = Self.signature.count
    while !isEnded, position < bytes.count {
      // Length, type, content, checksum.
      guard position + 8 <= bytes.count else { break }
      let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
      let type = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
      let end = position + 12 + length
      let isWhole = end <= bytes.count
      switch type {
      case "eXIf" where isWhole && orientation == .upright:
        let content = bytes[position + 8..<end - 4]
        let signature = Array("Exif\0\0".utf8)
        orientation = ExifOrientation(content.starts(with: signature) ? content.dropFirst(signature.count) : content)
      case "IDAT":
        hasPixels = true
        essential += bytes[position..<min(end, bytes.count)]
        if !isWhole { position = bytes.count }
      case "IEND":
        isEnded = isWhole
        essential += bytes[position..<min(end, bytes.count)]
      case _ where hasPixels && !isWhole:
        break
      // The first letter of what is needed to decode is a capital.
      case _ where type == "tRNS" || bytes[position + 4] & 0x20 == 0:
        essential += bytes[position..<min(end, bytes.count)]
      default:
        break
      }
      position = max(position, end)
    }
    self.essential = essential
    self.orientation = orientation
    isCutAfterPixels = hasPixels && !isEnded
  }
}
