import DeltaCL
import Testing

@Suite struct LossConformanceTests {
  private var random = RandomValues(seed: 5)

  static let sizes =
    TestDevice.usesSmallShapes
    ? [(2, 3)] : [(0, 3), (1, 1), (1, 10), (3, 2), (5, 17), (16, 16), (64, 10), (7, 1_000), (300, 5)]

  /// `exp` and `log` are off by up to 3 units in the last place, an exponent of size 6 by 6 half epsilons.
  private func tolerance(classes: Int) -> Tolerance {
    .near(
      relative: (16 + 2 * Float(classes).squareRoot()) * Tolerance.epsilon, absolute: 16 * Tolerance.epsilon)
  }

  @Test(arguments: sizes)
  mutating func softmax(rows: Int, classes: Int) throws {
    let count = rows * classes
    try verify(
      .softmax(rows: rows, classes: classes), [.float32(random.floats(count, -3...3))], tolerance(classes: classes))
    let y = random.floats(count, 0...1).map { $0 / Float(max(classes, 1)) }
    try verify(
      .softmaxDelta(rows: rows, classes: classes), [.float32(y), .float32(random.floats(count))],
      tolerance(classes: classes))
  }

  @Test(arguments: sizes, [0, 0.1, 1] as [Float])
  mutating func softmaxCrossEntropy(_ size: (rows: Int, classes: Int), labelSmoothing: Float) throws {
    let (rows, classes) = size
    try verify(
      .softmaxCrossEntropy(rows: rows, classes: classes, labelSmoothing: labelSmoothing),
      [.float32(random.floats(rows * classes, -3...3)), .int32(random.labels(rows, classes: classes))],
      tolerance(classes: rows + classes))
  }

  @Test(arguments: sizes)
  mutating func correctPredictions(rows: Int, classes: Int) throws {
    try verify(
      .correctPredictions(rows: rows, classes: classes),
      [.float32(random.integers(rows * classes)), .int32(random.labels(rows, classes: classes))])
  }

  @Test(arguments: TestDevice.usesSmallShapes ? [5] : [0, 1, 7, 64, 1_000, 20_000])
  mutating func meanSquaredError(count: Int) throws {
    try verify(
      .meanSquaredError(count: count), [.float32(random.floats(count)), .float32(random.floats(count))],
      .near(relative: (8 + 2 * Float(count).squareRoot()) * Tolerance.epsilon, absolute: 0))
  }
}
