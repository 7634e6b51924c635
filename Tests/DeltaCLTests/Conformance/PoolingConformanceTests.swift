import DeltaCL
import Testing

@Suite struct PoolingConformanceTests {
  private var random = RandomValues(seed: 3)

  /// So few different values that most windows hold ties.
  @Test(arguments: PoolingCase.grid)
  mutating func maxPooling(_ parameters: PoolingCase) throws {
    let pooling = try parameters.descriptor()
    let outputs = try verify(.maxPooling(pooling), [.float32(random.integers(pooling.inputShape.elementCount, -2...2))])
    let dy = Values.float32(random.integers(pooling.outputShape.elementCount))
    try verify(.maxPoolingDelta(pooling), [dy, outputs[1]])
  }

  /// NaN, infinities and both zeros among the values.
  @Test(arguments: PoolingCase.grid)
  mutating func maxPoolingOfSpecialValues(_ parameters: PoolingCase) throws {
    let pooling = try parameters.descriptor()
    let special: [Float] = [.nan, .infinity, -.infinity, -.infinity, -.infinity, 0, -0.0, 1, -1]
    let x = (0..<pooling.inputShape.elementCount).map { _ in random.pick(special) }
    try verify(.maxPooling(pooling), [.float32(x)])
  }

  /// The sums are exact; what remains is one division, which OpenCL rounds to within 2.5 units in the last place.
  @Test(arguments: PoolingCase.undilatedGrid, [true, false])
  mutating func averagePooling(_ parameters: PoolingCase, countsPadding: Bool) throws {
    let average = try AveragePooling(parameters.descriptor(), countsPadding: countsPadding)
    let x = Values.float32(random.integers(average.pooling.inputShape.elementCount))
    try verify(.averagePooling(average), [x], .near(relative: 4 * Tolerance.epsilon, absolute: 0))
    let dy = Values.float32(random.integers(average.pooling.outputShape.elementCount))
    try verify(
      .averagePoolingDelta(average), [dy],
      .sum(terms: 4 * average.pooling.window.rows * average.pooling.window.columns))
  }

  /// Windows of a power of two: the division is exact too.
  @Test(arguments: [Extent(2, 2), Extent(1, 2), Extent(4, 2)])
  mutating func averagePoolingIsExactOnIntegers(window: Extent) throws {
    let average = try AveragePooling(Pooling(batch: 2, inputSize: 8, channels: 5, window: window))
    try verify(.averagePooling(average), [.float32(random.integers(average.pooling.inputShape.elementCount))])
    try verify(.averagePoolingDelta(average), [.float32(random.integers(average.pooling.outputShape.elementCount))])
  }
}
