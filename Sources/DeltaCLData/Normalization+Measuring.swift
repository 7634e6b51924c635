extension Normalization {
  /// The pixels that are looked at, if that is more than ``leastImageCount`` images.
  private static let pixelLimit = 1 << 27
  /// The images that are looked at, however large they are.
  private static let leastImageCount = 512

  /// Measures the pixels of `images`, converted to `channels`.
  ///
  /// All images of small sets count. Of large ones it is a sample, spread evenly over them: as many as have 2²⁷ pixels if they
  /// are all of the first one's size, and 512 at least.
  ///
  /// - Throws: `DataError` (`unsupported`) when images cannot be converted to `channels`; what `images` throws.
  public init(measuring images: any LabeledImages, channels: Int) throws {
    // Grey counts in all channels.
    var gray = Histogram()
    var byChannel = [Histogram](repeating: Histogram(), count: channels)
    for index in try Self.sample(of: images) {
      let image = try images.image(at: index)
      if image.channels == 1 {
        image.pixels.withUnsafeBufferPointer { gray.add($0, from: 0, step: 1) }
      } else {
        let pixels = try image.converted(channels: channels).pixels
        pixels.withUnsafeBufferPointer { pixels in
          for channel in 0..<channels { byChannel[channel].add(pixels, from: channel, step: channels) }
        }
      }
    }
    let figures = byChannel.map { $0.merged(with: gray).figures(pixelMaximum: images.pixelMaximum) }
    let isSame = figures.allSatisfy { $0 == figures[0] }
    try self.init(
      means: isSame ? Array(figures.prefix(1).map(\.mean)) : figures.map(\.mean),
      standardDeviations: isSame ? Array(figures.prefix(1).map(\.deviation)) : figures.map(\.deviation))
  }

  /// The indices of the images that are looked at.
  private static func sample(of images: any LabeledImages) throws -> [Int] {
    guard images.count > leastImageCount else { return Array(0..<images.count) }
    let first = try images.image(at: 0)
    let count = min(images.count, max(leastImageCount, pixelLimit / max(first.rows * first.columns, 1)))
    return (0..<count).map {
      UInt(count).dividingFullWidth(UInt($0).multipliedFullWidth(by: UInt(images.count))).quotient
    }
    .map { Int($0) }
  }

  /// How often each value occurs.
  private struct Histogram {
    private var counts = [Int](repeating: 0, count: 256)

    mutating func add(_ pixels: UnsafeBufferPointer<UInt8>, from start: Int, step: Int) {
      counts.withUnsafeMutableBufferPointer { counts in
        for index in stride(from: start, to: pixels.count, by: step) { counts[Int(pixels[index])] += 1 }
      }
    }

    func merged(with other: Histogram) -> Histogram {
      var merged = self
      for value in counts.indices { merged.counts[value] += other.counts[value] }
      return merged
    }

    /// The mean and the standard deviation of values of which `pixelMaximum` stands for 1.
    func figures(pixelMaximum: Int) -> (mean: Float, deviation: Float) {
      let count = Double(max(counts.reduce(0, +), 1))
      let scale = Double(pixelMaximum)
      let mean = counts.indices.reduce(0) { $0 + Double(counts[$1]) * Double($1) / scale } / count
      let variance =
        counts.indices.reduce(0) {
          let distance = Double($1) / scale - mean
          return $0 + Double(counts[$1]) * distance * distance
        } / count
      return (Float(mean), Float(variance.squareRoot()))
    }
  }
}
