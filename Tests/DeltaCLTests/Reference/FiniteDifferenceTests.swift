import DeltaCL
import Testing

/// The reference's deltas and gradients against central differences of its forward operations, all in `Double`.
@Suite struct FiniteDifferenceTests {
  private var random = RandomValues(seed: 10)
  private let backend = ReferenceBackend()

  /// Runs an operation; `labels` fill the `int32` inputs.
  private func run(_ operation: TensorOperation, _ inputs: [[Double]], labels: [Int32] = []) throws
    -> [ReferenceStorage]
  {
    var remaining = inputs[...]
    let storages = try operation.operands.map { operand in
      let storage = try backend.allocateReference(operand.elementType, count: operand.shape.elementCount)
      if operand.access != .write {
        if operand.elementType == .float32 {
          try storage.setDoubles(remaining.removeFirst())
        } else {
          try Tensor(storage, shape: operand.shape).write(labels)
        }
      }
      return storage
    }
    try backend.plan(for: operation).bind(storages, scratch: nil, label: operation.name).enqueue()
    return zip(operation.operands, storages).filter { $0.0.access == .write }.map(\.1)
  }

  /// Compares `delta`, the derivative of `sum of weights * y` with respect to input `index`, with differences of `y`.
  private func check(
    _ operation: TensorOperation, _ inputs: [[Double]], labels: [Int32] = [], weights: [Double], index: Int,
    delta: [Double],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let step = 1e-5
    #expect(delta.count == inputs[index].count, sourceLocation: sourceLocation)
    for element in inputs[index].indices {
      func loss(_ change: Double) throws -> Double {
        var inputs = inputs
        inputs[index][element] += change
        return zip(try run(operation, inputs, labels: labels)[0].doubles(), weights).reduce(0) { $0 + $1.0 * $1.1 }
      }
      let difference = try (loss(step) - loss(-step)) / (2 * step)
      #expect(
        abs(difference - delta[element]) <= 1e-8 * max(1, abs(difference)),
        "\(operation.name), input \(index), element \(element)", sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: [
    ConvolutionCase(batch: 2, input: Extent(4, 5), channels: 2, outputs: 3, padding: 1),
    ConvolutionCase(
      input: Extent(5, 6), channels: 4, outputs: 2, kernel: Extent(2, 3), stride: Extent(2, 1), groups: 2),
    ConvolutionCase(
      input: 5, channels: 2, outputs: 2, kernel: 2, stride: 2, padding: Padding(top: 2, left: 0, bottom: 1, right: 1),
      dilation: Extent(1, 3)),
  ])
  mutating func convolution(_ parameters: ConvolutionCase) throws {
    let convolution = try parameters.descriptor()
    let inputs = [
      random.doubles(convolution.inputShape.elementCount), random.doubles(convolution.kernelShape.elementCount),
      random.doubles(convolution.biasShape.elementCount),
    ]
    let dy = random.doubles(convolution.outputShape.elementCount)
    let operation = TensorOperation.convolution(convolution, bias: true)
    let dx = try run(.convolutionDelta(convolution), [dy, inputs[1]])[0].doubles()
    let dw = try run(.convolutionGradient(convolution), [inputs[0], dy])[0].doubles()
    let channels = convolution.outputChannels
    let db = try run(.biasGradient(rows: dy.count / channels, channels: channels), [dy])[0].doubles()
    try check(operation, inputs, weights: dy, index: 0, delta: dx)
    try check(operation, inputs, weights: dy, index: 1, delta: dw)
    try check(operation, inputs, weights: dy, index: 2, delta: db)
  }

  @Test mutating func dense() throws {
    let dense = try Dense(batch: 3, inputs: 4, outputs: 2)
    let inputs = [random.doubles(12), random.doubles(8), random.doubles(2)]
    let dy = random.doubles(6)
    try check(
      .dense(dense, bias: true), inputs, weights: dy, index: 0,
      delta: run(.denseDelta(dense), [dy, inputs[1]])[0].doubles())
    try check(
      .dense(dense, bias: true), inputs, weights: dy, index: 1,
      delta: run(.denseGradient(dense), [inputs[0], dy])[0].doubles())
    try check(
      .dense(dense, bias: true), inputs, weights: dy, index: 2,
      delta: run(.biasGradient(rows: 3, channels: 2), [dy])[0].doubles())
  }

  /// Random values have no ties, and no step is large enough to change a maximum.
  @Test(arguments: [
    PoolingCase(batch: 2, input: Extent(4, 5), channels: 2), PoolingCase(input: 5, window: 3, stride: 2, padding: 1),
    PoolingCase(input: 6, channels: 1, window: Extent(2, 3), stride: 1, dilation: 2),
    PoolingCase(input: 5, window: 2, stride: 2, ceilMode: true),
  ])
  mutating func maxPooling(_ parameters: PoolingCase) throws {
    let pooling = try parameters.descriptor()
    let x = random.doubles(pooling.inputShape.elementCount)
    let dy = random.doubles(pooling.outputShape.elementCount)
    let argmax = try Tensor(run(.maxPooling(pooling), [x])[1], shape: pooling.outputShape).int32s()
    let dx = try run(.maxPoolingDelta(pooling), [dy], labels: argmax)[0].doubles()
    try check(.maxPooling(pooling), [x], weights: dy, index: 0, delta: dx)
  }

  @Test(
    arguments: [
      PoolingCase(batch: 2, input: Extent(4, 5), channels: 2), PoolingCase(input: 5, window: 3, stride: 2, padding: 1),
      PoolingCase(
        input: 5, window: 2, stride: 2, padding: Padding(top: 1, left: 0, bottom: 0, right: 1), ceilMode: true),
    ], [true, false])
  mutating func averagePooling(_ parameters: PoolingCase, countsPadding: Bool) throws {
    let average = try AveragePooling(parameters.descriptor(), countsPadding: countsPadding)
    let x = random.doubles(average.pooling.inputShape.elementCount)
    let dy = random.doubles(average.pooling.outputShape.elementCount)
    let dx = try run(.averagePoolingDelta(average), [dy])[0].doubles()
    try check(.averagePooling(average), [x], weights: dy, index: 0, delta: dx)
  }

  @Test(arguments: ActivationConformanceTests.functions)
  mutating func activation(_ function: Activation) throws {
    // Away from the corner at 0.
    let x = random.doubles(20, 0.1...3).enumerated().map { $0.offset % 2 == 0 ? $0.element : -$0.element }
    let dy = random.doubles(20)
    let y = try run(.activation(function, count: 20), [x])[0].doubles()
    let dx = try run(.activationDelta(function, count: 20), [y, dy])[0].doubles()
    try check(.activation(function, count: 20), [x], weights: dy, index: 0, delta: dx)
  }

  @Test mutating func batchNormalization() throws {
    let normalization = try BatchNormalization(rows: 6, channels: 2, epsilon: 1e-2)
    let inputs = [
      random.doubles(12), random.doubles(2, 0.5...2), random.doubles(2), random.doubles(2), random.doubles(2, 0.5...2),
    ]
    let dy = random.doubles(12)
    let saved = try run(.batchNormalization(normalization), inputs)
    let deltas = try run(
      .batchNormalizationDelta(normalization),
      [inputs[0], dy, inputs[1], saved[1].doubles(), saved[2].doubles(), saved[3].doubles()])
    for (index, delta) in deltas.enumerated() {
      try check(.batchNormalization(normalization), inputs, weights: dy, index: index, delta: delta.doubles())
    }
  }

  @Test mutating func dropout() throws {
    let (x, dy) = (random.doubles(80), random.doubles(80))
    let operation = TensorOperation.dropout(try Dropout(count: 80, probability: 0.3, seed: 5))
    let dx = try run(operation, [dy], labels: [7])[0].doubles()
    try check(operation, [x], labels: [7], weights: dy, index: 0, delta: dx)
  }

  @Test mutating func softmax() throws {
    let (x, dy) = (random.doubles(12, -2...2), random.doubles(12))
    let y = try run(.softmax(rows: 3, classes: 4), [x])[0].doubles()
    let dx = try run(.softmaxDelta(rows: 3, classes: 4), [y, dy])[0].doubles()
    try check(.softmax(rows: 3, classes: 4), [x], weights: dy, index: 0, delta: dx)
  }

  @Test mutating func softmaxCrossEntropy() throws {
    let (logits, labels) = (random.doubles(12, -2...2), random.labels(3, classes: 4))
    let operation = TensorOperation.softmaxCrossEntropy(rows: 3, classes: 4)
    let dlogits = try run(operation, [logits], labels: labels)[1].doubles()
    try check(operation, [logits], labels: labels, weights: [1], index: 0, delta: dlogits)
  }

  @Test mutating func meanSquaredError() throws {
    let (y, target) = (random.doubles(7), random.doubles(7))
    let dy = try run(.meanSquaredError(count: 7), [y, target])[1].doubles()
    try check(.meanSquaredError(count: 7), [y, target], weights: [1], index: 0, delta: dy)
  }
}
