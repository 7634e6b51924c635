/// Puts files into a zip archive, stored as they are and without dates, so that equal contents give equal bytes.
struct ZipWriter {
  /// The archive so far, in parts.
  private var parts: [[UInt8]] = []
  private var position = 0
  private var directory: [UInt8] = []
  private var count = 0
  /// What the place of each member's bytes is a multiple of.
  private let alignment: Int

  init(alignment: Int) {
    self.alignment = alignment
  }

  /// Adds a member, whose bytes are the concatenation of `content`.
  mutating func add(_ name: String, _ content: [[UInt8]]) {
    let size = content.reduce(0) { $0 + $1.count }
    let checksum = content.reduce(0) { ZipArchive.checksum($1, after: $0) }
    let name = Array(name.utf8)
    let offset = position
    let isLarge = size >= Self.limit
    var extra = isLarge ? Self.wideField([size, size]) : []
    let start = position + ZipArchive.headerLength + name.count + extra.count + 4
    let padding = (alignment - start % alignment) % alignment
    // The field that PyTorch aligns with.
    extra.append(littleEndian: UInt16(0x4246))
    extra.append(littleEndian: UInt16(padding))
    extra += [UInt8](repeating: 0, count: padding)

    var header: [UInt8] = [0x50, 0x4b, 3, 4]
    Self.appendCommon(to: &header, checksum: checksum, size: size, nameLength: name.count, extraLength: extra.count)
    append(header + name + extra)
    for part in content { append(part) }

    let isFar = offset >= Self.limit
    let wide = isLarge || isFar ? Self.wideField((isLarge ? [size, size] : []) + (isFar ? [offset] : [])) : []
    directory += [0x50, 0x4b, 1, 2]
    directory.append(littleEndian: Self.version)
    Self.appendCommon(to: &directory, checksum: checksum, size: size, nameLength: name.count, extraLength: wide.count)
    // No comment, the first disk, no attributes.
    directory += [UInt8](repeating: 0, count: 10)
    directory.append(littleEndian: UInt32(clamping: offset))
    directory += name + wide
    count += 1
  }

  /// The whole archive, in parts.
  func finished() -> [[UInt8]] {
    var end: [UInt8] = []
    if count >= Int(UInt16.max) || directory.count >= Self.limit || position >= Self.limit {
      let wideEnd = position + directory.count
      end += [0x50, 0x4b, 6, 6]
      end.append(littleEndian: UInt64(44))
      end.append(littleEndian: Self.version)
      end.append(littleEndian: Self.version)
      end += [UInt8](repeating: 0, count: 8)
      for number in [count, count, directory.count, position] { end.append(littleEndian: UInt64(number)) }
      end += [0x50, 0x4b, 6, 7, 0, 0, 0, 0]
      end.append(littleEndian: UInt64(wideEnd))
      end.append(littleEndian: UInt32(1))
    }
    end += [0x50, 0x4b, 5, 6, 0, 0, 0, 0]
    for _ in 0..<2 { end.append(littleEndian: UInt16(clamping: count)) }
    end.append(littleEndian: UInt32(clamping: directory.count))
    end.append(littleEndian: UInt32(clamping: position))
    end += [0, 0]
    return parts + [directory, end]
  }

  /// From here on numbers have 64 bits.
  private static let limit = Int(UInt32.max)
  /// Of the format, the one that has 64-bit sizes.
  private static let version: UInt16 = 45

  private mutating func append(_ bytes: [UInt8]) {
    parts.append(bytes)
    position += bytes.count
  }

  private static func wideField(_ numbers: [Int]) -> [UInt8] {
    var field: [UInt8] = []
    field.append(littleEndian: UInt16(1))
    field.append(littleEndian: UInt16(8 * numbers.count))
    for number in numbers { field.append(littleEndian: UInt64(number)) }
    return field
  }

  /// What a member's own header and its entry of the directory have in common.
  private static func appendCommon(
    to bytes: inout [UInt8], checksum: UInt32, size: Int, nameLength: Int, extraLength: Int
  ) {
    bytes.append(littleEndian: version)
    // Names are UTF-8, bytes are stored, and the date is the first that there is.
    for field in [0x0800, 0, 0, 0x0021] as [UInt16] { bytes.append(littleEndian: field) }
    bytes.append(littleEndian: checksum)
    let size = size >= limit ? UInt32.max : UInt32(size)
    bytes.append(littleEndian: size)
    bytes.append(littleEndian: size)
    bytes.append(littleEndian: UInt16(clamping: nameLength))
    bytes.append(littleEndian: UInt16(clamping: extraLength))
  }
}
