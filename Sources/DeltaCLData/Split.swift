/// Labelled images of one size in memory.
public struct Split: LabeledImages, Hashable {
  /// The number of images.
  public let count: Int
  /// The rows of an image.
  public let imageRows: Int
  /// The columns of an image.
  public let imageColumns: Int
  /// The channels of an image: 1 for grey, 3 for red, green, blue.
  public let channels: Int
  /// The pixels, count x rows x columns x channels.
  public let pixels: [UInt8]
  /// The class of each image.
  public let labels: [Int32]
  /// The pixel value that stands for 1: 255, or 16 for the digits.
  public let pixelMaximum: Int

  /// The values of an image: rows x columns x channels.
  public var imageSize: Int { imageRows * imageColumns * channels }

  /// Creates a split.
  ///
  /// - Parameters:
  ///   - name: what errors call it.
  ///   - count: the number of images; may be 0.
  ///   - imageRows: the rows of an image.
  ///   - imageColumns: the columns of an image.
  ///   - channels: the channels of a pixel.
  ///   - pixels: the images one after the other, each rows x columns x channels.
  ///   - labels: the class of each image.
  ///   - pixelMaximum: the pixel value that stands for 1, from 1 to 255.
  /// - Throws: `DataError` `mismatch` when pixels or labels are not `count` images of the given size, or
  ///   `malformed` when an image has no pixels.
  public init(
    name: String = "split", count: Int, imageRows: Int, imageColumns: Int, channels: Int, pixels: [UInt8],
    labels: [Int32], pixelMaximum: Int = 255
  ) throws(DataError) {
    let size = "\(imageRows)x\(imageColumns)x\(channels)"
    guard count >= 0, imageRows > 0, imageColumns > 0, channels > 0, (1...255).contains(pixelMaximum) else {
      throw DataError(.malformed, name, "\(count) images of \(size) pixels up to \(pixelMaximum) cannot be used")
    }
    let needed = [imageRows, imageColumns, channels].reduce((count, false)) { total, size in
      let product = total.0.multipliedReportingOverflow(by: size)
      return (product.partialValue, total.1 || product.overflow)
    }
    guard !needed.1, needed.0 == pixels.count else {
      throw DataError(.mismatch, name, "\(pixels.count) pixels do not make \(count) images of \(size)")
    }
    guard labels.count == count else {
      throw DataError(.mismatch, name, "has \(count) images and \(labels.count) labels; get the files again")
    }
    self.count = count
    self.imageRows = imageRows
    self.imageColumns = imageColumns
    self.channels = channels
    self.pixels = pixels
    self.labels = labels
    self.pixelMaximum = pixelMaximum
  }

  /// That of all pixels and labels.
  public var checksum: UInt64 { Checksum.of(labels, after: Checksum.of(pixels)) }

  /// The image at `index`, which must be less than `count`.
  public func image(at index: Int) -> Image {
    Image(
      rows: imageRows, columns: imageColumns, channels: channels,
      checkedPixels: Array(pixels[index * imageSize..<(index + 1) * imageSize]))
  }

  /// The class of the image at `index`, which must be less than `count`.
  public func label(at index: Int) -> Int32 { labels[index] }
}
