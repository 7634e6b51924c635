import DeltaCL
import Testing

/// The reference backend against PyTorch, so that the oracle does not rest on our reading of the mathematics alone.
@Suite struct PyTorchTests {
  private let backend = ReferenceBackend()

  /// Integers from -5 to 5, by the rule of `Tools/make-pytorch-cases.py`.
  static func values(_ count: Int, _ seed: Int) -> [Float] {
    (0..<count).map { Float((7 * $0 + $0 * $0 % 13 + seed) % 11 - 5) }
  }

  private func values(_ shape: Shape, _ seed: Int) throws -> Tensor {
    try Tensor(Self.values(shape.elementCount, seed), shape: shape, on: backend)
  }

  private func expect(
    _ tensor: Tensor, _ name: String, of results: [String: String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try #require(results[name]).split(separator: " ").compactMap { Float($0) }
    let actual = try tensor.elementType == .float32 ? tensor.floats() : tensor.int32s().map(Float.init)
    #expect(actual.count == expected.count, sourceLocation: sourceLocation)
    for (index, (actual, expected)) in zip(actual, expected).enumerated() {
      #expect(
        abs(actual - expected) <= 4 * Tolerance.epsilon * max(1, abs(expected)), "\(name), element \(index)",
        sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: PyTorchCases.convolutions)
  func convolution(_ parameters: ConvolutionCase, _ results: [String: String]) throws {
    let convolution = try parameters.descriptor()
    let x = try values(convolution.inputShape, 1)
    let w = try values(convolution.kernelShape, 2)
    let b = try values(convolution.biasShape, 3)
    let dy = try values(convolution.outputShape, 4)
    let rows = convolution.outputShape.elementCount / convolution.outputChannels
    try expect(backend.run(.convolution(convolution, bias: true), x, w, b)[0], "y", of: results)
    try expect(backend.run(.convolutionDelta(convolution), dy, w)[0], "dx", of: results)
    try expect(backend.run(.convolutionGradient(convolution), x, dy)[0], "dw", of: results)
    try expect(
      backend.run(.biasGradient(rows: rows, channels: convolution.outputChannels), dy)[0], "db", of: results)
  }

  @Test(arguments: PyTorchCases.maxPoolings)
  func maxPooling(_ parameters: PoolingCase, _ results: [String: String]) throws {
    let pooling = try parameters.descriptor()
    // No two are equal: PyTorch does not say which of equals it takes.
    let distinct = (0..<pooling.inputShape.elementCount).map { Float($0 * 37 % 1_009) / 8 }
    let outputs = try backend.run(.maxPooling(pooling), Tensor(distinct, shape: pooling.inputShape, on: backend))
    try expect(outputs[0], "y", of: results)
    try expect(outputs[1], "argmax", of: results)
    let dy = try values(pooling.outputShape, 4)
    try expect(backend.run(.maxPoolingDelta(pooling), dy, outputs[1])[0], "dx", of: results)
  }

  @Test(arguments: PyTorchCases.averagePoolings)
  func averagePooling(_ parameters: PoolingCase, _ countsPadding: Bool, _ results: [String: String]) throws {
    let average = try AveragePooling(parameters.descriptor(), countsPadding: countsPadding)
    try expect(backend.run(.averagePooling(average), values(average.pooling.inputShape, 1))[0], "y", of: results)
    try expect(backend.run(.averagePoolingDelta(average), values(average.pooling.outputShape, 4))[0], "dx", of: results)
  }

  @Test(arguments: PyTorchCases.activations)
  func activation(_ function: Activation, _ results: [String: String]) throws {
    let x = try backend.run(.scale(count: 12, factor: 0.5), values([12], 1))[0]
    let y = try backend.run(.activation(function, count: 12), x)[0]
    try expect(y, "y", of: results)
    try expect(backend.run(.activationDelta(function, count: 12), y, values([12], 4))[0], "dx", of: results)
  }

  @Test func losses() throws {
    let results = PyTorchCases.losses
    let labels = try Tensor([0, 3, 1] as [Int32], shape: [3], on: backend)
    let crossEntropy = try backend.run(.softmaxCrossEntropy(rows: 3, classes: 4), values([3, 4], 1), labels)
    try expect(crossEntropy[0], "loss", of: results)
    try expect(crossEntropy[1], "dlogits", of: results)
    let smoothed = try backend.run(
      .softmaxCrossEntropy(rows: 3, classes: 4, labelSmoothing: 0.25), values([3, 4], 1), labels)
    try expect(smoothed[0], "smoothedLoss", of: results)
    try expect(smoothed[1], "smoothedDlogits", of: results)
    let squared = try backend.run(.meanSquaredError(count: 7), values([7], 1), values([7], 2))
    try expect(squared[0], "squared", of: results)
    try expect(squared[1], "dy", of: results)
    let softmax = try backend.run(.softmax(rows: 3, classes: 4), values([3, 4], 1))[0]
    try expect(softmax, "softmax", of: results)
    try expect(backend.run(.softmaxDelta(rows: 3, classes: 4), softmax, values([3, 4], 4))[0], "dx", of: results)
  }

  /// Three steps; PyTorch's velocity begins as the first gradient, which is what a velocity of 0 becomes.
  @Test(arguments: PyTorchCases.updates)
  func sgd(_ momentum: Float, _ weightDecay: Float, _ nesterov: Bool, _ results: [String: String]) throws {
    let sgd = try SGDUpdate(count: 6, momentum: momentum, weightDecay: weightDecay, nesterov: nesterov)
    let learningRate = try Tensor([0.125] as [Float], shape: [1], on: backend)
    let scale = try Tensor([1] as [Float], shape: [1], on: backend)
    let parameters = try values([6], 1)
    let velocity = try backend.run(.fill(count: 6, value: 0))[0]
    for step in 0..<3 {
      _ = try backend.run(.sgd(sgd), learningRate, scale, values([6], 4 + step), parameters, velocity)
    }
    try expect(parameters, "parameters", of: results)
  }
}
