import Foundation

extension Reference {
  static func softmaxCrossEntropy(
    rows: Int, classes: Int, labelSmoothing: Double, logits: Span<Double>, labels: Span<Int32>,
    loss: consuming MutableSpan<Double>, dlogits: consuming MutableSpan<Double>
  ) {
    let spread = labelSmoothing / Double(classes)
    var total = 0.0
    for row in 0..<rows {
      let (first, label) = (row * classes, Int(labels[row]))
      guard label >= 0, label < classes else {
        total = .nan
        for index in first..<first + classes { dlogits[index] = .nan }
        continue
      }
      let (greatest, sum) = exponentials(logits, first..<first + classes)
      for index in first..<first + classes {
        let target = (index == first + label ? 1 - labelSmoothing : 0) + spread
        if target > 0 { total += target * (log(sum) - (logits[index] - greatest)) }
        dlogits[index] = (exp(logits[index] - greatest) / sum - target) / Double(rows)
      }
    }
    loss[0] = total / Double(rows)
  }

  static func meanSquaredError(
    count: Int, y: Span<Double>, target: Span<Double>, loss: consuming MutableSpan<Double>,
    dy: consuming MutableSpan<Double>
  ) {
    var total = 0.0
    for index in 0..<count {
      let difference = y[index] - target[index]
      total += difference * difference
      dy[index] = 2 * difference / Double(count)
    }
    loss[0] = total / Double(count)
  }

  static func correctPredictions(
    rows: Int, classes: Int, logits: Span<Double>, labels: Span<Int32>, correct: consuming MutableSpan<Int32>
  ) {
    correct[0] = 0
    for row in 0..<rows where classes > 0 {
      let first = row * classes
      var greatest = 0
      for index in 1..<classes where isGreater(logits[first + index], than: logits[first + greatest]) {
        greatest = index
      }
      if greatest == Int(labels[row]) { correct[0] += 1 }
    }
  }

  /// The order in which the greatest value is looked for: NaN is above all numbers.
  static func isGreater(_ value: Double, than other: Double) -> Bool {
    value > other || (value.isNaN && !other.isNaN)
  }
}
