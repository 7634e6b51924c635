import DeltaCL
import Testing

@Suite struct UpdateConformanceTests {
  private var random = RandomValues(seed: 7)

  static let counts = TestDevice.usesSmallShapes ? [5] : [0, 1, 17, 5_000]

  /// Momentum, weight decay, Nesterov.
  static let rules: [(Float, Float, Bool)] = [
    (0, 0, false), (0.9, 0, false), (0.9, 0.01, false), (0.9, 0.01, true), (0, 0.1, false), (0.5, 0, true),
  ]

  /// Scalars, scale, gradient and parameters of size 1 at most.
  private mutating func inputs(_ scalars: [Float], count: Int, scale: Float = 0.7) -> [Values] {
    [.float32(scalars), .float32([scale]), .float32(random.floats(count)), .float32(random.floats(count))]
  }

  /// Values are of size 1 at most, and each of the few roundings is of half an epsilon of 4 at most.
  @Test(arguments: rules, counts)
  mutating func sgd(_ rule: (momentum: Float, weightDecay: Float, nesterov: Bool), count: Int) throws {
    let update = try SGDUpdate(
      count: count, momentum: rule.momentum, weightDecay: rule.weightDecay, nesterov: rule.nesterov)
    try verify(
      .sgd(update), inputs([0.1], count: count) + [.float32(random.floats(count))],
      .near(relative: 4 * Tolerance.epsilon, absolute: 8 * Tolerance.epsilon))
  }

  /// With powers of two nothing rounds.
  @Test mutating func sgdIsExactOnIntegers() throws {
    let update = try SGDUpdate(count: 33, momentum: 0.5, weightDecay: 0.25, nesterov: true)
    let integers = (0..<3).map { _ in Values.float32(random.integers(33)) }
    try verify(.sgd(update), [.float32([0.125]), .float32([0.5])] + integers)
  }

  /// Roots are off by 3 units in the last place, quotients by 2.5; with mean squares of at least 0.25 a direction is 4 at most.
  private static let rooted = Tolerance.near(relative: 8 * Tolerance.epsilon, absolute: 16 * Tolerance.epsilon)

  @Test(arguments: counts) mutating func adam(count: Int) throws {
    let update = try AdamUpdate(count: count, weightDecay: 0.01)
    let moments: [Values] = [.float32(random.floats(count)), .float32(random.floats(count, 0.25...1))]
    try verify(.adam(update), inputs([0.1, 1.25, 0.99], count: count) + moments, Self.rooted)
  }

  @Test(arguments: counts) mutating func rmsprop(count: Int) throws {
    let update = try RMSpropUpdate(count: count, momentum: 0.9, weightDecay: 0.01)
    let state: [Values] = [.float32(random.floats(count, 0.25...1)), .float32(random.floats(count))]
    try verify(.rmsprop(update), inputs([0.1], count: count) + state, Self.rooted)
  }

  /// Half of the integers' mean is 0 or far from it, so that its sign is certain.
  @Test(arguments: counts) mutating func lion(count: Int) throws {
    let update = try LionUpdate(count: count, beta1: 0.5, beta2: 0.75)
    let integers = (0..<3).map { _ in Values.float32(random.integers(count)) }
    try verify(.lion(update), [.float32([0.125, 0.75]), .float32([0.5])] + integers)
  }

  @Test(arguments: counts) mutating func movingAverage(count: Int) throws {
    try verify(
      .movingAverage(count: count),
      [.float32([0.999]), .float32(random.floats(count)), .float32(random.floats(count))],
      .near(relative: 0, absolute: 2 * Tolerance.epsilon))
  }

  /// Integers do not round, and NaN and infinities are not taken for numbers.
  @Test(arguments: counts) mutating func clipValue(count: Int) throws {
    var gradient = random.integers(count)
    for (index, value) in [Float.nan, .infinity, -.infinity].enumerated() where index < count {
      gradient[index] = value
    }
    try verify(.clipValue(count: count, limit: 1), [.float32([0.5]), .float32(gradient)])
  }

  @Test(arguments: counts + (TestDevice.usesSmallShapes ? [] : [300_000]), [0.5, 1e6] as [Float])
  mutating func clipNorm(count: Int, maximum: Float) throws {
    let gradient = random.floats(count)
    // The root halves the error of the sum.
    let error = 4 * Tolerance.epsilon + Float(max(count, 1)).squareRoot() * Tolerance.epsilon / 8
    for scale: Float in [1, -0.25] {
      try verify(
        .clipNorm(count: count, maximum: maximum), [.float32([scale]), .float32(gradient)],
        .near(relative: error, absolute: 0))
    }
  }

  /// A gradient that is no number must not be scaled away: the training has diverged.
  @Test func clippedNaNStays() throws {
    let clipped = try verify(
      .clipNorm(count: 3, maximum: 1), [.float32([1]), .float32([1, .nan, 2])], .near(relative: 0, absolute: 0))
    #expect(clipped[0].floats[0].isNaN)
  }
}
