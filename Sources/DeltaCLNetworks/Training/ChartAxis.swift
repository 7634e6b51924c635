import Foundation

/// The mapping from values to positions along one axis of a chart, with ticks at round values.
struct ChartAxis {
  struct Tick {
    let value: Double
    let label: String
  }

  let lower: Double
  let upper: Double
  let isLogarithmic: Bool
  let ticks: [Tick]

  /// An axis whose ends are ticks, wide enough for all `values`.
  static func linear(_ values: some Sequence<Double>, from least: Double? = nil, to most: Double? = nil) -> ChartAxis {
    let finite = values.filter(\.isFinite)
    var lower = least ?? finite.min() ?? 0
    var upper = most ?? finite.max() ?? 1
    if upper <= lower { (lower, upper) = (lower - 0.5, lower + 0.5) }
    let spacing = roundSpacing((upper - lower) / 5)
    let first = (lower / spacing + 1e-9).rounded(.down)
    let last = (upper / spacing - 1e-9).rounded(.up)
    let ticks = stride(from: first, through: last, by: 1).map {
      Tick(value: $0 * spacing, label: label($0 * spacing, spacing))
    }
    return ChartAxis(lower: first * spacing, upper: last * spacing, isLogarithmic: false, ticks: ticks)
  }

  /// An axis over steps `0...count` that ends where the steps end.
  static func steps(_ count: Int) -> ChartAxis {
    let spacing = max(1, roundSpacing(Double(count) / 5))
    let ticks = stride(from: 0, through: Double(count), by: spacing).map { Tick(value: $0, label: "\(Int($0))") }
    return ChartAxis(lower: 0, upper: Double(max(count, 1)), isLogarithmic: false, ticks: ticks)
  }

  /// A logarithmic axis with ticks at 1, 2 and 5 times powers of ten, or at the powers alone if those suffice.
  static func logarithmic(_ values: some Sequence<Double>) -> ChartAxis {
    let positive = values.filter { $0.isFinite && $0 > 0 }
    let lower = max(positive.min() ?? 0.1, 1e-12)
    let upper = max(positive.max() ?? 1, lower * 1.5)
    let decades = Int(log10(lower).rounded(.down))...Int(log10(upper).rounded(.up))
    let factors: [Double] = decades.count > 4 ? [1] : [1, 2, 5]
    let ticks = decades.flatMap { exponent in
      factors.map { factor in
        let value = factor * pow(10, Double(exponent))
        return Tick(value: value, label: String(format: exponent < -4 || exponent > 4 ? "%.0e" : "%g", value))
      }
    }
    let ends = (ticks.last { $0.value <= lower }?.value ?? lower, ticks.first { $0.value >= upper }?.value ?? upper)
    return ChartAxis(
      lower: ends.0, upper: ends.1, isLogarithmic: true,
      ticks: ticks.filter { $0.value >= ends.0 && $0.value <= ends.1 })
  }

  /// Where `value` lies between the ends: 0 at the lower, 1 at the upper; values beyond an end are moved to it.
  func position(of value: Double) -> Double {
    let position =
      isLogarithmic
      ? log(max(value, lower) / lower) / log(upper / lower)
      : (value - lower) / (upper - lower)
    return min(max(position, 0), 1)
  }

  /// 1, 2 or 5 times a power of ten, at least `spacing`.
  private static func roundSpacing(_ spacing: Double) -> Double {
    guard spacing > 0, spacing.isFinite else { return 1 }
    let power = pow(10, log10(spacing).rounded(.down))
    return power * ([1, 2, 5].first { $0 * power >= spacing * (1 - 1e-9) } ?? 10)
  }

  private static func label(_ value: Double, _ spacing: Double) -> String {
    let decimals = max(0, -Int(log10(spacing).rounded(.down)))
    return decimals > 6 ? String(format: "%g", value) : String(format: "%.\(decimals)f", value)
  }
}
