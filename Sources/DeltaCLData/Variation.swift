import Glibc

/// What is drawn at random to vary one image.
struct Variation: Equatable {
  /// A rectangle of pixels.
  struct Rectangle: Equatable {
    var rows: Range<Int>
    var columns: Range<Int>
  }

  /// What brightness, contrast and saturation are multiplied by.
  struct ColorFactors: Equatable {
    var brightness: Float
    var contrast: Float
    var saturation: Float
  }

  /// No variation.
  static let none = Variation()

  /// The part of the image that is resized to the whole.
  var crop: Rectangle?
  /// The angle to turn by, in radians, against the clock.
  var angle: Double?
  var colors: ColorFactors?
  var isFlipped = false
  /// The part of the prepared image that is erased.
  var hole: Rectangle?

  private init() {}

  /// Draws a variation.
  ///
  /// - Parameters:
  ///   - augmentations: What is varied.
  ///   - size: The rows and columns of the image.
  ///   - prepared: The rows and columns that it is brought to.
  ///   - generator: What it is drawn from.
  init(
    _ augmentations: Set<Augmentation>, of size: (rows: Int, columns: Int),
    preparedTo prepared: (rows: Int, columns: Int),
    using generator: inout some RandomNumberGenerator
  ) {
    var draw = Draw(generator: generator)
    defer { generator = draw.generator }
    if augmentations.contains(.crop) {
      crop =
        draw.rectangle(in: size, share: 0.25...1, proportion: 0.75...4.0 / 3) ?? Self.center(of: size, like: prepared)
    }
    if augmentations.contains(.rotate) { angle = draw.number(in: -.pi / 12 ... .pi / 12) }
    if augmentations.contains(.color) {
      let factors = (0..<3).map { _ in Float(draw.number(in: 0.6...1.4)) }
      colors = ColorFactors(brightness: factors[0], contrast: factors[1], saturation: factors[2])
    }
    if augmentations.contains(.flip) { isFlipped = draw.coin() }
    if augmentations.contains(.erase), draw.coin() {
      hole = draw.rectangle(in: prepared, share: 0.02...0.33, proportion: 0.3...1 / 0.3)
    }
  }

  /// The largest rectangle at the centre with the proportion of `other`.
  private static func center(
    of size: (rows: Int, columns: Int), like other: (rows: Int, columns: Int)
  ) -> Rectangle {
    let isWide = size.rows * other.columns <= size.columns * other.rows
    let rows = isWide ? size.rows : max(1, size.columns * other.rows / other.columns)
    let columns = isWide ? max(1, size.rows * other.columns / other.rows) : size.columns
    let (top, left) = ((size.rows - rows) / 2, (size.columns - columns) / 2)
    return Rectangle(rows: top..<top + rows, columns: left..<left + columns)
  }
}

/// Draws what variations are made of.
private struct Draw<Generator: RandomNumberGenerator> {
  var generator: Generator

  /// A number from 0 to below 1, of 53 random bits.
  private mutating func uniform() -> Double { Double(generator.next() >> 11) * 0x1p-53 }

  mutating func number(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  mutating func coin() -> Bool { uniform() < 0.5 }

  /// A whole number from 0 to `limit`.
  private mutating func integer(upTo limit: Int) -> Int { min(limit, Int(Double(limit + 1) * uniform())) }

  /// A rectangle with a share of the area and a proportion of columns to rows, equally likely on a logarithmic scale; `nil` if
  /// none of ten fits, as in torchvision.
  mutating func rectangle(
    in size: (rows: Int, columns: Int), share: ClosedRange<Double>, proportion: ClosedRange<Double>
  ) -> Variation.Rectangle? {
    for _ in 0..<10 {
      let area = Double(size.rows * size.columns) * number(in: share)
      let ratio = exp(number(in: log(proportion.lowerBound)...log(proportion.upperBound)))
      let rows = Int((area / ratio).squareRoot().rounded())
      let columns = Int((area * ratio).squareRoot().rounded())
      guard (1...size.rows).contains(rows), (1...size.columns).contains(columns) else { continue }
      let top = integer(upTo: size.rows - rows)
      let left = integer(upTo: size.columns - columns)
      return Variation.Rectangle(rows: top..<top + rows, columns: left..<left + columns)
    }
    return nil
  }
}
