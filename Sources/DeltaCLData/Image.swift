/// An image of 8-bit channels, rows x columns x channels.
public struct Image: Hashable, Sendable {
  /// The most pixels, rows x columns, that an image may have.
  public static let pixelLimit = 100_000_000

  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// 1 for grey, 3 for red, green, blue.
  public let channels: Int
  /// The values, rows x columns x channels.
  public let pixels: [UInt8]

  /// Creates an image.
  ///
  /// - Throws: `DataError`: `malformed` when a size is not positive or the channels are neither 1 nor 3, `tooLarge`
  ///   above `pixelLimit`, `mismatch` when the pixels are not as many as the sizes ask for.
  public init(rows: Int, columns: Int, channels: Int, pixels: [UInt8]) throws(DataError) {
    guard channels == 1 || channels == 3 else {
      throw DataError(.malformed, "image", "has \(channels) channels; 1 (grey) or 3 (RGB) are possible")
    }
    try Self.checkSize(rows: rows, columns: columns, name: "image")
    guard pixels.count == rows * columns * channels else {
      throw DataError(
        .mismatch, "image", "\(pixels.count) values do not make \(rows)x\(columns) pixels of \(channels) channels")
    }
    self.init(rows: rows, columns: columns, channels: channels, checkedPixels: pixels)
  }

  init(rows: Int, columns: Int, channels: Int, checkedPixels: [UInt8]) {
    self.rows = rows
    self.columns = columns
    self.channels = channels
    pixels = checkedPixels
  }

  /// The image brought to another size by bilinear interpolation, averaging if it shrinks.
  ///
  /// - Throws: `DataError` when the size is not positive or exceeds `pixelLimit`.
  public func resized(rows: Int, columns: Int) throws(DataError) -> Image {
    if rows == self.rows && columns == self.columns { return self }
    let resampler = try BilinearResampler(
      fromRows: self.rows, fromColumns: self.columns, toRows: rows, toColumns: columns, channels: channels)
    return Image(rows: rows, columns: columns, channels: channels, checkedPixels: resampler.resample(pixels))
  }

  /// The image with 1 or 3 channels; grey is 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601).
  ///
  /// - Throws: `DataError` `unsupported` for other counts.
  public func converted(channels: Int) throws(DataError) -> Image {
    if channels == self.channels { return self }
    let converted: [UInt8]
    switch (self.channels, channels) {
    case (1, 3):
      converted = [UInt8](unsafeUninitializedCapacity: 3 * pixels.count) { buffer, count in
        for value in pixels {
          for _ in 0..<3 {
            buffer[count] = value
            count += 1
          }
        }
      }
    case (3, 1):
      converted = (0..<rows * columns).map { pixel in
        let (red, green, blue) = (Int(pixels[3 * pixel]), Int(pixels[3 * pixel + 1]), Int(pixels[3 * pixel + 2]))
        return UInt8((299 * red + 587 * green + 114 * blue + 500) / 1000)
      }
    default:
      throw DataError(
        .unsupported, "image", "\(self.channels) channels cannot be converted to \(channels); 1 and 3 can to each other"
      )
    }
    return Image(rows: rows, columns: columns, channels: channels, checkedPixels: converted)
  }

  /// Requires a size that may be allocated.
  static func checkSize(rows: Int, columns: Int, bytesPerPixel: Int = 1, name: String) throws(DataError) {
    guard rows > 0, columns > 0 else {
      throw DataError(.malformed, name, "has \(rows) rows and \(columns) columns; an image has at least one of each")
    }
    let (area, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow, area <= pixelLimit else {
      throw DataError(
        .tooLarge, name, "is an image of \(rows)x\(columns) pixels; at most \(pixelLimit) are read: make it smaller")
    }
    try FileSystem.requireMemory(area * bytesPerPixel, for: name)
  }
}
