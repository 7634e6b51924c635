import DeltaCL
import Testing

@Suite struct SGDConformanceTests {
  private var random = RandomValues(seed: 7)

  /// Momentum, weight decay, Nesterov.
  static let rules: [(Float, Float, Bool)] = [
    (0, 0, false), (0.9, 0, false), (0.9, 0.01, false), (0.9, 0.01, true), (0, 0.1, false), (0.5, 0, true),
  ]

  /// Values are of size 1 at most, and each of the few roundings is of half an epsilon of 4 at most.
  @Test(arguments: rules, TestDevice.usesSmallShapes ? [5] : [0, 1, 17, 1_000])
  mutating func randomValues(_ rule: (momentum: Float, weightDecay: Float, nesterov: Bool), count: Int) throws {
    let sgd = try SGD(count: count, momentum: rule.momentum, weightDecay: rule.weightDecay, nesterov: rule.nesterov)
    let (gradient, parameters, velocity) = (random.floats(count), random.floats(count), random.floats(count))
    try verify(
      .sgd(sgd), [.float32([0.1]), .float32(gradient), .float32(parameters), .float32(velocity)],
      .near(relative: 4 * Tolerance.epsilon, absolute: 8 * Tolerance.epsilon))
  }

  /// With powers of two nothing rounds.
  @Test mutating func isExactOnIntegers() throws {
    let sgd = try SGD(count: 33, momentum: 0.5, weightDecay: 0.25, nesterov: true)
    try verify(
      .sgd(sgd),
      [
        .float32([0.125]), .float32(random.integers(33)), .float32(random.integers(33)), .float32(random.integers(33)),
      ])
  }
}
