import Foundation

extension Reference {
  static func softmax(rows: Int, classes: Int, x: Span<Double>, y: consuming MutableSpan<Double>) {
    for row in 0..<rows {
      let first = row * classes
      let (greatest, sum) = exponentials(x, first..<first + classes)
      for index in first..<first + classes { y[index] = exp(x[index] - greatest) / sum }
    }
  }

  static func softmaxDelta(
    rows: Int, classes: Int, y: Span<Double>, dy: Span<Double>, dx: consuming MutableSpan<Double>
  ) {
    for row in 0..<rows {
      let first = row * classes
      var projection = 0.0
      for index in first..<first + classes { projection += y[index] * dy[index] }
      for index in first..<first + classes { dx[index] = y[index] * (dy[index] - projection) }
    }
  }

  /// The greatest value and the sum of `exp(value - greatest)`, which cannot overflow; NaN if a value is NaN.
  static func exponentials(_ values: Span<Double>, _ range: Range<Int>) -> (greatest: Double, sum: Double) {
    var greatest = -Double.infinity
    for index in range where isGreater(values[index], than: greatest) { greatest = values[index] }
    var sum = 0.0
    for index in range { sum += exp(values[index] - greatest) }
    return (greatest, sum)
  }
}
