/// How an image is to be turned and mirrored to be seen as it was taken: the orientation of Exif, a tag of the TIFF structure
/// that JPEG and PNG files carry.
struct ExifOrientation: Equatable {
  /// As it is.
  static let upright = ExifOrientation(rawValue: 1)

  /// From 1 to 8, as Exif numbers them.
  let rawValue: Int

  /// Whether rows and columns change places.
  var transposes: Bool { rawValue >= 5 }

  init(rawValue: Int) {
    self.rawValue = rawValue
  }

  /// Finds the orientation in Exif data; upright if there is none that is legal.
  init(_ exif: some RandomAccessCollection<UInt8>) {
    rawValue = Self.find(Array(exif)) ?? 1
  }

  private static func find(_ bytes: [UInt8]) -> Int? {
    let isLittleEndian = bytes.starts(with: [0x49, 0x49])
    guard isLittleEndian || bytes.starts(with: [0x4d, 0x4d]) else { return nil }
    func number(at offset: Int, count: Int) -> Int? {
      guard offset >= 0, offset <= bytes.count - count else { return nil }
      let digits = bytes[offset..<offset + count]
      return (isLittleEndian ? Array(digits.reversed()) : Array(digits)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard number(at: 2, count: 2) == 42, let directory = number(at: 4, count: 4),
      let entries = number(at: directory, count: 2)
    else { return nil }
    let (orientationTag, shortType) = (0x0112, 3)
    for entry in 0..<entries {
      let offset = directory + 2 + 12 * entry
      guard let tag = number(at: offset, count: 2) else { return nil }
      guard tag == orientationTag else { continue }
      guard number(at: offset + 2, count: 2) == shortType, let value = number(at: offset + 8, count: 2) else {
        return nil
      }
      return (1...8).contains(value) ? value : nil
    }
    return nil
  }
}

extension Image {
  /// The image turned and mirrored.
  ///
  /// - Throws: `DataError` `tooLarge` if memory does not hold it twice.
  func oriented(_ orientation: ExifOrientation, name: String) throws(DataError) -> Image {
    guard orientation != .upright else { return self }
    try Self.checkSize(rows: rows, columns: columns, bytesPerPixel: channels, name: name)
    let (turnedRows, turnedColumns) = orientation.transposes ? (columns, rows) : (rows, columns)
    // The source pixel of the first pixel, and how far it moves for the next row and the next column.
    let (lastRow, lastColumn) = ((rows - 1) * columns, columns - 1)
    let (first, rowStep, columnStep) =
      switch orientation.rawValue {
      case 2: (lastColumn, columns, -1)
      case 3: (lastRow + lastColumn, -columns, -1)
      case 4: (lastRow, -columns, 1)
      case 5: (0, 1, columns)
      case 6: (lastRow, 1, -columns)
      case 7: (lastRow + lastColumn, -1, -columns)
      default: (lastColumn, -1, columns)
      }
    let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { turned, count in
      pixels.withUnsafeBufferPointer { pixels in
        for row in 0..<turnedRows {
          for column in 0..<turnedColumns {
            let source = (first + row * rowStep + column * columnStep) * channels
            for channel in 0..<channels {
              turned[count] = pixels[source + channel]
              count += 1
            }
          }
        }
      }
    }
    return Image(rows: turnedRows, columns: turnedColumns, channels: channels, checkedPixels: turned)
  }
}
