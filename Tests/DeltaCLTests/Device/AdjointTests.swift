import DeltaCL
import Testing

/// The directions of a linear operation are each other's adjoints: `<f(x, w), dy> = <x, delta(dy, w)> = <w, gradient(x, dy)>`.
/// On integers that holds exactly.
@Suite struct AdjointTests {
  private var random = RandomValues(seed: 8)

  private func product(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }

  private mutating func integers(_ shape: Shape) -> [Float] {
    random.integers(shape.elementCount)
  }

  private func result(_ operation: TensorOperation, _ inputs: [Float]...) throws -> [Float] {
    try run(operation, inputs.map(Values.float32), on: TestDevice.backend())[0].floats
  }

  @Test(arguments: ConvolutionCase.sparseGrid)
  mutating func convolution(_ parameters: ConvolutionCase) throws {
    let convolution = try parameters.descriptor()
    let (x, w, dy) = (
      integers(convolution.inputShape), integers(convolution.kernelShape), integers(convolution.outputShape)
    )
    let forward = try product(result(.convolution(convolution, bias: false), x, w), dy)
    #expect(try product(result(.convolutionDelta(convolution), dy, w), x) == forward)
    #expect(try product(result(.convolutionGradient(convolution), x, dy), w) == forward)
  }

  @Test(arguments: DenseConformanceTests.sizes)
  mutating func dense(batch: Int, inputs: Int, outputs: Int) throws {
    let dense = try Dense(batch: batch, inputs: inputs, outputs: outputs)
    let (x, w, dy) = (integers(dense.inputShape), integers(dense.kernelShape), integers(dense.outputShape))
    let forward = try product(result(.dense(dense, bias: false), x, w), dy)
    #expect(try product(result(.denseDelta(dense), dy, w), x) == forward)
    #expect(try product(result(.denseGradient(dense), x, dy), w) == forward)
  }

  /// The bias reaches every pixel.
  @Test mutating func biasGradient() throws {
    let (dy, b) = (random.integers(35 * 17), random.integers(17))
    let db = try result(.biasGradient(rows: 35, channels: 17), dy)
    #expect(product(db, b) == product(dy, (0..<35 * 17).map { b[$0 % 17] }))
  }

  /// Windows of a power of two, so that the division is exact.
  @Test(
    arguments: [Extent(2, 2), Extent(1, 4), Extent(4, 2)],
    [Padding(0, 0), Padding(top: 0, left: 1, bottom: 1, right: 0)])
  mutating func averagePooling(window: Extent, padding: Padding) throws {
    let average = try AveragePooling(
      Pooling(batch: 2, inputSize: Extent(9, 7), channels: 5, window: window, stride: 2, padding: padding))
    let (x, dy) = (integers(average.pooling.inputShape), integers(average.pooling.outputShape))
    #expect(
      try product(result(.averagePooling(average), x), dy) == product(result(.averagePoolingDelta(average), dy), x))
  }

  /// With the argmax fixed, max pooling picks values, which is linear.
  @Test(arguments: PoolingCase.grid)
  mutating func maxPooling(_ parameters: PoolingCase) throws {
    let pooling = try parameters.descriptor()
    let (x, dy) = (integers(pooling.inputShape), integers(pooling.outputShape))
    let outputs = try run(.maxPooling(pooling), [.float32(x)], on: TestDevice.backend())
    let dx = try run(.maxPoolingDelta(pooling), [.float32(dy), outputs[1]], on: TestDevice.backend())[0].floats
    #expect(product(outputs[0].floats, dy) == product(x, dx))
  }
}
