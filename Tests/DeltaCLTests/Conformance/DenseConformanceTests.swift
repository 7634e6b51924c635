import DeltaCL
import Testing

@Suite struct DenseConformanceTests {
  private var random = RandomValues(seed: 2)

  static let sizes =
    TestDevice.usesSmallShapes
    ? [(2, 5, 3)]
    : [
      (1, 1, 1), (0, 3, 4), (1, 400, 120), (3, 84, 10), (5, 16, 16), (7, 17, 15), (16, 64, 64), (17, 65, 33),
      (33, 1, 17),
      (2, 1_000, 3), (64, 120, 84), (130, 9, 5),
    ]

  @Test(arguments: sizes)
  mutating func allDirectionsAreExactOnIntegers(batch: Int, inputs: Int, outputs: Int) throws {
    let dense = try Dense(batch: batch, inputs: inputs, outputs: outputs)
    let x = Values.float32(random.integers(dense.inputShape.elementCount))
    let w = Values.float32(random.integers(dense.kernelShape.elementCount))
    let b = Values.float32(random.integers(dense.biasShape.elementCount))
    let dy = Values.float32(random.integers(dense.outputShape.elementCount))
    try verify(.dense(dense, bias: true), [x, w, b])
    try verify(.dense(dense, bias: false), [x, w])
    try verify(.denseDelta(dense), [dy, w])
    try verify(.denseGradient(dense), [x, dy])
  }

  @Test(arguments: sizes, SumData.allCases)
  mutating func allDirectionsAreNear(_ size: (batch: Int, inputs: Int, outputs: Int), _ data: SumData) throws {
    let dense = try Dense(batch: size.batch, inputs: size.inputs, outputs: size.outputs)
    let x = Values.float32(data.values(dense.inputShape.elementCount, &random))
    let w = Values.float32(data.values(dense.kernelShape.elementCount, &random))
    let b = Values.float32(random.floats(dense.biasShape.elementCount))
    let dy = Values.float32(data.values(dense.outputShape.elementCount, &random))
    try verify(.dense(dense, bias: true), [x, w, b], data.tolerance(terms: size.inputs + 1))
    try verify(.denseDelta(dense), [dy, w], data.tolerance(terms: size.outputs))
    try verify(.denseGradient(dense), [x, dy], data.tolerance(terms: size.batch))
  }
}
