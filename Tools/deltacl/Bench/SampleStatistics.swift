/// Robust statistics of repeated measurements, of which a few may be disturbed.
struct SampleStatistics {
  private let sorted: [Double]

  /// - Parameter samples: in any order.
  init(_ samples: [Double]) {
    sorted = samples.sorted()
  }

  var count: Int { sorted.count }

  /// The middle sample, or the mean of the middle two; 0 without samples.
  var median: Double { quantile(0.5) }

  /// The width of the middle half of the samples, relative to the median.
  var spread: Double { median > 0 ? (quantile(0.75) - quantile(0.25)) / median : 0 }

  /// Half the width of the median's 95 % confidence interval, relative to the median; infinite for fewer than 6 samples,
  /// which cannot give one.
  ///
  /// The interval lies between order statistics, whatever the samples' distribution: the number of samples below the true
  /// median is binomial.
  var medianUncertainty: Double {
    guard count >= 6, median > 0 else { return .infinity }
    let reach = 0.98 * Double(count).squareRoot()
    let low = max(0, Int((Double(count) / 2 - reach).rounded(.down)))
    let high = min(count - 1, Int((Double(count) / 2 + reach).rounded(.up)))
    return (sorted[high] - sorted[low]) / 2 / median
  }

  /// The value that a share of the samples lies below, interpolated between neighbours.
  func quantile(_ share: Double) -> Double {
    guard let last = sorted.indices.last else { return 0 }
    let position = min(max(share, 0), 1) * Double(last)
    let below = Int(position)
    let above = min(below + 1, last)
    return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
  }
}
