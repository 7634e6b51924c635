import DeltaCL

/// How near a `float32` result must come to the reference's. NaN and infinities must always agree.
enum Tolerance {
  /// The same bits: for operations that do not round, and for sums of integers below 2^24.
  case exact
  /// `absolute + relative * |expected|`: for operations on single elements.
  case near(relative: Float, absolute: Float)
  /// For sums of `terms` products. A rounding error is at most half an epsilon of a partial sum, which the sum of the products'
  /// magnitudes bounds; errors of random signs add up to the square root of their number. The factor 2 is the margin.
  case sum(terms: Int)
  /// A share of the standard deviation of all elements: for algorithms whose error depends on the elements together.
  case deviation(Float)

  static let epsilon = Float.ulpOfOne

  /// How far each element may be off, negative where its bits must be the same; `magnitudes` is what the operation gives for operands without signs.
  func bounds(expected: [Float], magnitudes: () throws -> [Float]) rethrows -> [Float] {
    switch self {
    case .exact: expected.map { _ in -1 }
    case .near(let relative, let absolute): expected.map { absolute + relative * abs($0) }
    case .deviation(let share):
      [Float](
        repeating: share * (expected.reduce(0) { $0 + $1 * $1 } / Float(max(expected.count, 1))).squareRoot(),
        count: expected.count)
    case .sum(let terms): try magnitudes().map { 2 * Float(max(terms, 1)).squareRoot() * Self.epsilon * $0 }
    }
  }
}
