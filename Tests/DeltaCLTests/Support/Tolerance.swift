@testable import DeltaCL

/// How near a `float32` result must come to the reference's. NaN and infinities must always agree.
enum Tolerance {
  /// The same bits: for operations that do not round, and for sums of integers below 2^24.
  case exact
  /// `absolute + relative * |expected|`: for operations on single elements.
  case near(relative: Float, absolute: Float)
  /// For sums of `terms` products. A rounding error is at most half an epsilon of a partial sum, which the sum of the products'
  /// magnitudes bounds; errors of random signs add up to the square root of their number. The factor 2 is the margin.
  case sum(terms: Int)
  /// For sums whose errors may have one sign: half an epsilon of the sum of the products' magnitudes for each addition of a chain.
  case chain(terms: Int)
  /// A share of the standard deviation of all finite elements: for algorithms whose error depends on the elements together.
  case deviation(Float)

  static let epsilon = Float.ulpOfOne

  /// The root mean square of those values that are finite.
  private static func deviation(_ values: [Float]) -> Double {
    let squares = values.filter(\.isFinite).map { Double($0) * Double($0) }
    return (squares.reduce(0, +) / Double(max(squares.count, 1))).squareRoot()
  }

  /// How far each element may be off, negative where its bits must be the same; `magnitudes` is what the operation gives for operands without signs.
  func bounds(expected: [Float], magnitudes: () throws -> [Float]) rethrows -> [Float] {
    switch self {
    case .exact: expected.map { _ in -1 }
    case .near(let relative, let absolute): expected.map { absolute + relative * abs($0) }
    case .deviation(let share):
      [Float](repeating: Float(Double(share) * Self.deviation(expected)), count: expected.count)
    case .sum(let terms): try magnitudes().map { 2 * Float(max(terms, 1)).squareRoot() * Self.epsilon * $0 }
    case .chain(let terms):
      try magnitudes().map {
        max(2 * Float(max(terms, 1)).squareRoot(), Float(min(terms, SumParts.longestChain(of: terms))) / 2)
          * Self.epsilon * $0
      }
    }
  }
}
