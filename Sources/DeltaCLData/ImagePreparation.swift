/// Brings images to the form that a network takes: its size, its channels, normalised values.
///
/// An image is resized with antialiased bilinear interpolation until its shorter side fits, as by torchvision's `Resize`, and what
/// the longer side has too much is cut off at both ends, as by `CenterCrop`.
public struct ImagePreparation: Sendable {
  /// The rows of prepared images.
  public let rows: Int
  /// The columns of prepared images.
  public let columns: Int
  /// The channels of prepared images.
  public let channels: Int
  private let pixelMaximum: Int
  /// The normalised values of pixels as they are stored, and of those that were resized, by channel.
  private let tables: (stored: [Float], resized: [Float])

  /// The values of a prepared image: rows x columns x channels.
  public var valueCount: Int { rows * columns * channels }

  /// - Parameters:
  ///   - rows: The rows that the network takes.
  ///   - columns: The columns that it takes.
  ///   - channels: The channels that it takes.
  ///   - normalization: What pixels from 0 to 1 are normalised with.
  ///   - pixelMaximum: The pixel value that stands for 1, see ``LabeledImages/pixelMaximum``.
  /// - Throws: `DataError`: `malformed` or `tooLarge` for sizes that no image can have, `mismatch` when the normalisation is
  ///   for another number of channels.
  public init(
    rows: Int, columns: Int, channels: Int, normalization: Normalization, pixelMaximum: Int = 255
  ) throws(DataError) {
    try Image.checkSize(rows: rows, columns: columns, name: "network input")
    guard channels > 0, (1...255).contains(pixelMaximum) else {
      throw DataError(
        .malformed, "network input", "\(channels) channels of values up to \(pixelMaximum) are no form of images")
    }
    guard [1, channels].contains(normalization.means.count) else {
      throw DataError(
        .mismatch, "normalization",
        "is for \(normalization.means.count) channels and the images have \(channels); measure it anew")
    }
    self.rows = rows
    self.columns = columns
    self.channels = channels
    self.pixelMaximum = pixelMaximum
    let stored = normalization.tables(channels: channels, pixelMaximum: pixelMaximum)
    let gain = 255 / pixelMaximum
    tables = (
      stored, gain == 1 ? stored : normalization.tables(channels: channels, pixelMaximum: pixelMaximum * gain)
    )
  }

  /// Writes the values of an image.
  ///
  /// - Parameters:
  ///   - image: Of any size.
  ///   - destination: Receives ``valueCount`` values, rows x columns x channels.
  /// - Throws: `DataError`: `unsupported` when the image's channels cannot be converted, `tooLarge` when memory has no room,
  ///   `outOfRange` when `destination` has none.
  public func prepare(_ image: Image, into destination: UnsafeMutableBufferPointer<Float>) throws(DataError) {
    try prepare(image, variation: .none, into: destination)
  }

  /// The values of an image: rows x columns x channels.
  ///
  /// - Throws: As ``prepare(_:into:)``.
  public func values(of image: Image) throws(DataError) -> [Float] {
    var values = [Float](repeating: 0, count: valueCount)
    try values.withUnsafeMutableBufferPointer { values throws(DataError) in try prepare(image, into: values) }
    return values
  }

  /// Writes the values of a random variation of an image.
  ///
  /// - Parameters:
  ///   - image: Of any size.
  ///   - augmentations: How it is varied.
  ///   - generator: What the variation is drawn from; the same state gives the same values.
  ///   - destination: Receives ``valueCount`` values, rows x columns x channels.
  /// - Throws: As ``prepare(_:into:)``.
  public func prepare(
    _ image: Image, augmentations: Set<Augmentation>, using generator: inout some RandomNumberGenerator,
    into destination: UnsafeMutableBufferPointer<Float>
  ) throws(DataError) {
    let variation = Variation(
      augmentations, of: (image.rows, image.columns), preparedTo: (rows, columns), using: &generator)
    try prepare(image, variation: variation, into: destination)
  }

  func prepare(
    _ image: Image, variation: Variation, into destination: UnsafeMutableBufferPointer<Float>
  ) throws(DataError) {
    guard destination.count >= valueCount else {
      throw DataError(
        .outOfRange, "batch", "an image of \(valueCount) values does not fit room for \(destination.count)")
    }
    // Grey is made of colour before the image is resized, and colour of grey at the end: fewer values are computed.
    let source = image.channels > channels || channels != 3 ? try image.converted(channels: channels) : image
    guard source.channels == channels || source.channels == 1 else {
      throw DataError(.unsupported, "image", "\(image.channels) channels cannot be converted to \(channels)")
    }
    var (pixels, table, maximum) = (source.pixels, tables.stored, pixelMaximum)
    if let region = region(of: source, variation) {
      let resampler = try BilinearResampler(region, fromColumns: source.columns, channels: source.channels)
      // Interpolated values fall between the few steps of a small range: spread it over the byte.
      let gain = 255 / pixelMaximum
      pixels = resampler.resample(pixels, gain: Float(gain))
      (table, maximum) = (tables.resized, pixelMaximum * gain)
    }
    variation.apply(to: &pixels, rows: rows, columns: columns, channels: source.channels, maximum: maximum)
    write(pixels, channels: source.channels, table: table, isFlipped: variation.isFlipped, into: destination)
    if let hole = variation.hole {
      // The mean, which is 0.
      for row in hole.rows {
        for column in hole.columns {
          let start = (row * columns + column) * channels
          for channel in 0..<channels { destination[start + channel] = 0 }
        }
      }
    }
  }

  /// What of an image is resized; `nil` if it stays as it is.
  private func region(of image: Image, _ variation: Variation) -> BilinearResampler.Region? {
    if let crop = variation.crop {
      return BilinearResampler.Region(
        rows: crop.rows, columns: crop.columns, newRows: rows, newColumns: columns, windowRows: 0..<rows,
        windowColumns: 0..<columns)
    }
    if image.rows == rows && image.columns == columns { return nil }
    // The longer side is cut short as torchvision does it.
    let isWide = image.rows * columns <= image.columns * rows
    let newRows = isWide ? rows : max(rows, columns * image.rows / image.columns)
    let newColumns = isWide ? max(columns, rows * image.columns / image.rows) : columns
    let (top, left) = (Self.half(newRows - rows), Self.half(newColumns - columns))
    return BilinearResampler.Region(
      rows: 0..<image.rows, columns: 0..<image.columns, newRows: newRows, newColumns: newColumns,
      windowRows: top..<top + rows, windowColumns: left..<left + columns)
  }

  /// Half of a number, to even if it lies in the middle, as Python rounds.
  private static func half(_ number: Int) -> Int { Int((Double(number) / 2).rounded(.toNearestOrEven)) }

  private func write(
    _ pixels: [UInt8], channels stored: Int, table: [Float], isFlipped: Bool,
    into destination: UnsafeMutableBufferPointer<Float>
  ) {
    pixels.withUnsafeBufferPointer { pixels in
      table.withUnsafeBufferPointer { table in
        for row in 0..<rows {
          for column in 0..<columns {
            let source = (row * columns + (isFlipped ? columns - 1 - column : column)) * stored
            let target = (row * columns + column) * channels
            for channel in 0..<channels {
              let pixel = pixels[source + (stored == 1 ? 0 : channel)]
              destination[target + channel] = table[channel * 256 + Int(pixel)]
            }
          }
        }
      }
    }
  }
}
