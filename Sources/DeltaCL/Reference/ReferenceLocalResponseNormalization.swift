import Foundation

extension Reference {
  static func localResponseNormalization(
    _ normalization: LocalResponseNormalization, x: Span<Double>, y: consuming MutableSpan<Double>
  ) {
    for index in 0..<normalization.shape.elementCount {
      y[index] = x[index] * pow(scale(normalization, x, index), -Double(normalization.beta))
    }
  }

  static func localResponseNormalizationDelta(
    _ normalization: LocalResponseNormalization, dy: Span<Double>, x: Span<Double>, dx: consuming MutableSpan<Double>
  ) {
    let beta = Double(normalization.beta), factor = Double(normalization.alpha) / Double(normalization.size)
    for index in 0..<normalization.shape.elementCount { dx[index] = 0 }
    for index in 0..<normalization.shape.elementCount {
      let scale = scale(normalization, x, index)
      dx[index] += dy[index] * pow(scale, -beta)
      let term = dy[index] * x[index] * pow(scale, -beta - 1)
      for other in normalization.window(of: index) { dx[other] -= 2 * factor * beta * x[other] * term }
    }
  }

  private static func scale(_ normalization: LocalResponseNormalization, _ x: Span<Double>, _ index: Int) -> Double {
    var squares = 0.0
    for other in normalization.window(of: index) { squares += x[other] * x[other] }
    return Double(normalization.k) + Double(normalization.alpha) / Double(normalization.size) * squares
  }
}

extension LocalResponseNormalization {
  /// The elements in the window of one.
  fileprivate func window(of index: Int) -> Range<Int> {
    let channel = index % shape.innermost, first = index - channel
    let (before, after) = (min(size / 2, channel), min((size - 1) / 2, shape.innermost - 1 - channel))
    return first + channel - before..<first + channel + after + 1
  }
}
