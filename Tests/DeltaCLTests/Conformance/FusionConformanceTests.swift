import Testing

@testable import DeltaCL

/// Operations with an activation, or the delta of one, in their kernels.
@Suite struct FusionConformanceTests {
  private var random = RandomValues(seed: 13)

  /// Exact on the integers that the sums are made of.
  private static let rectifiers: [Activation] = [.relu, .relu6, .leakyReLU(slope: 0.25)]
  private static let epilogues =
    rectifiers.map(Epilogue.activation) + rectifiers.map(Epilogue.activationDelta)

  /// Verifies `operation` with every epilogue; what an activation's delta reads is made up.
  private mutating func verifyFused(
    _ operation: TensorOperation, _ inputs: [Values], _ epilogues: [Epilogue], _ tolerance: Tolerance = .exact,
    on backend: (any Backend)? = nil
  ) throws {
    for epilogue in epilogues {
      let fused = TensorOperation.fused(operation, epilogue)
      var inputs = inputs
      if case .activationDelta = epilogue, let activated = fused.operands.last {
        inputs.append(.float32((0..<activated.shape.elementCount).map { _ in random.pick([-1, -0.0, 0, 2, 6, .nan]) }))
      }
      try verify(fused, inputs, tolerance, on: backend)
    }
  }

  @Test(arguments: ConvolutionCase.tiny)
  mutating func convolution(_ parameters: ConvolutionCase) throws {
    let convolution = try parameters.descriptor()
    let x = Values.float32(random.integers(convolution.inputShape.elementCount))
    let w = Values.float32(random.integers(convolution.kernelShape.elementCount))
    let b = Values.float32(random.integers(convolution.biasShape.elementCount))
    let dy = Values.float32(random.integers(convolution.outputShape.elementCount))
    try verifyFused(.convolution(convolution, bias: true), [x, w, b], [.activation(.relu)])
    try verifyFused(.convolutionDelta(convolution), [dy, w], [.activationDelta(.relu)])
  }

  @Test mutating func everyEpilogueOfAConvolution() throws {
    let convolution = try ConvolutionCase(channels: 2, outputs: 17, padding: 1).descriptor()
    let x = Values.float32(random.integers(convolution.inputShape.elementCount))
    let w = Values.float32(random.integers(convolution.kernelShape.elementCount))
    try verifyFused(.convolution(convolution, bias: false), [x, w], Self.epilogues)
    let smooth: [Activation] = [.sigmoid, .tanh]
    try verifyFused(
      .convolution(convolution, bias: false), [x, w], smooth.map(Epilogue.activation),
      .near(relative: 8 * Tolerance.epsilon, absolute: 1e-37))
    try verifyFused(
      .convolutionDelta(convolution), [.float32(random.integers(convolution.outputShape.elementCount)), w],
      smooth.map(Epilogue.activationDelta))
  }

  @Test(arguments: WinogradConformanceTests.epilogueCases)
  mutating func winograd(_ parameters: ConvolutionCase, _ chosen: Winograd.Parameters) throws {
    let convolution = try parameters.descriptor()
    let backend = try TestDevice.newBackend(.cpu.choosing(PlanChoice(Winograd.self, chosen)))
    let x = Values.float32(random.floats(convolution.inputShape.elementCount))
    let w = Values.float32(random.floats(convolution.kernelShape.elementCount))
    let b = Values.float32(random.floats(convolution.biasShape.elementCount))
    let dy = Values.float32(random.floats(convolution.outputShape.elementCount))
    try verifyFused(
      .convolution(convolution, bias: true), [x, w, b], [.activation(.relu)], .deviation(1e-4), on: backend)
    try verifyFused(
      .convolutionDelta(convolution), [dy, w], [.activationDelta(.relu)], .deviation(1e-4), on: backend)
  }

  @Test(arguments: DenseConformanceTests.sizes)
  mutating func dense(batch: Int, inputs: Int, outputs: Int) throws {
    let dense = try Dense(batch: batch, inputs: inputs, outputs: outputs)
    let x = Values.float32(random.integers(dense.inputShape.elementCount))
    let w = Values.float32(random.integers(dense.kernelShape.elementCount))
    let b = Values.float32(random.integers(dense.biasShape.elementCount))
    let dy = Values.float32(random.integers(dense.outputShape.elementCount))
    try verifyFused(.dense(dense, bias: true), [x, w, b], [.activation(.relu)])
    try verifyFused(.denseDelta(dense), [dy, w], [.activationDelta(.relu)])
  }

  @Test(arguments: PoolingCase.sparseGrid)
  mutating func pooling(_ parameters: PoolingCase) throws {
    let pooling = try parameters.descriptor()
    let x = Values.float32(random.integers(pooling.inputShape.elementCount))
    let dy = Values.float32(random.integers(pooling.outputShape.elementCount))
    let argmax = try run(.maxPooling(pooling), [x], on: ReferenceBackend())[1]
    try verifyFused(.maxPoolingDelta(pooling), [dy, argmax], [.activationDelta(.relu)])
    guard let average = try? AveragePooling(pooling) else { return }
    try verifyFused(
      .averagePooling(average), [x], [.activation(.relu)], .near(relative: 4 * Tolerance.epsilon, absolute: 0))
    try verifyFused(
      .averagePoolingDelta(average), [dy], [.activationDelta(.relu)],
      .sum(terms: 4 * pooling.window.rows * pooling.window.columns))
  }

  @Test(arguments: ElementwiseConformanceTests.counts)
  mutating func add(count: Int) throws {
    let (a, b) = (Values.float32(random.floats(count)), Values.float32(random.floats(count)))
    try verifyFused(.add(count: count), [a, b], Self.epilogues)
  }

  @Test(arguments: ElementwiseConformanceTests.counts)
  mutating func dropout(count: Int) throws {
    let dropout = try Dropout(count: count, probability: 0.5, seed: 7)
    try verifyFused(.dropout(dropout), [.float32(random.floats(count)), .int32([3])], Self.epilogues)
  }

  @Test(arguments: BatchNormalizationConformanceTests.sizes)
  mutating func batchNormalization(rows: Int, channels: Int) throws {
    let normalization = try BatchNormalization(rows: rows, channels: channels)
    let tolerance = Tolerance.near(relative: 32 * Tolerance.epsilon, absolute: 64 * Tolerance.epsilon)
    let x = Values.float32((0..<rows * channels).map { Float($0 / channels % 2) + random.floats(1, -0.25...0.25)[0] })
    let operands = [
      x, .float32(random.floats(channels, 0.5...2)), .float32(random.floats(channels)),
      .float32(random.floats(channels)), .float32(random.floats(channels, 0.25...4)),
    ]
    try verifyFused(.batchNormalization(normalization), operands, [.activation(.relu)], tolerance)
    try verifyFused(
      .batchNormalizationInference(normalization), operands, [.activation(.relu6), .activation(.tanh)], tolerance)
  }

  /// The delta that computes the activation's input again is, bit for bit, the delta of the activation's delta.
  @Test(arguments: BatchNormalizationConformanceTests.sizes, rectifiers)
  mutating func batchNormalizationDelta(_ size: (rows: Int, channels: Int), _ function: Activation) throws {
    let (rows, channels) = size
    let normalization = try BatchNormalization(rows: rows, channels: channels)
    let x = Values.float32((0..<rows * channels).map { Float($0 / channels % 2) + random.floats(1, -0.25...0.25)[0] })
    let dy = Values.float32(random.floats(rows * channels))
    let weight = Values.float32(random.floats(channels, 0.5...8)), bias = Values.float32(random.floats(channels))
    let running = Values.float32([Float](repeating: 1, count: channels))
    for backend in try TestDevice.backends() {
      let forward = try run(
        .fused(.batchNormalization(normalization), .activation(function)), [x, weight, bias, running, running],
        on: backend)
      let (y, saved) = (forward[2], Array(forward[3...]))
      let masked = try run(.activationDelta(function, count: rows * channels), [y, dy], on: backend)[0]
      let expected = try run(
        .batchNormalizationDelta(normalization), [x, masked, weight] + saved, on: backend)
      let actual = try run(
        .batchNormalizationDelta(normalization, activation: function), [x, dy, weight, bias] + saved, on: backend)
      #expect(actual.map(\.bits) == expected.map(\.bits))
    }
  }

  /// Each result in the place of each operand that it may replace has the bits that it has elsewhere.
  @Test mutating func resultsInPlace() throws {
    let (rows, channels) = (TestDevice.usesSmallShapes ? 5 : 70, 19)
    let count = rows * channels
    let normalization = try BatchNormalization(rows: rows, channels: channels)
    let x = Values.float32(random.floats(count)), other = Values.float32(random.floats(count))
    let channel = (0..<5).map { _ in Values.float32(random.floats(channels, 0.5...1)) }
    let operations: [(TensorOperation, [Values])] = [
      (.activation(.relu, count: count), [x]), (.activationDelta(.relu, count: count), [x, other]),
      (.add(count: count), [x, other]), (.fused(.add(count: count), .activationDelta(.relu)), [x, other, x]),
      (.scale(count: count, factor: 3), [x]), (.copy(count: count), [x]),
      (.dropout(try Dropout(count: count, seed: 1)), [x, .int32([2])]),
      (.batchNormalizationInference(normalization), [x] + channel[..<4]),
      (.batchNormalizationDelta(normalization), [x, other] + channel[..<4]),
      (.batchNormalizationDelta(normalization, activation: .relu), [x, other] + channel),
    ]
    for backend in try TestDevice.backends() + [ReferenceBackend()] {
      for (operation, inputs) in operations {
        let operands = operation.operands
        let result = try #require(operands.firstIndex { $0.access == .write })
        let expected = try run(operation, inputs, on: backend)
        let plan = try backend.plan(for: operation)
        for replaced in operation.inPlaceOperands {
          var remaining = inputs[...]
          var tensors = try operands.map { operand in
            switch operand.access == .write ? nil : remaining.popFirst() {
            case .float32(let values): try Tensor(values, shape: operand.shape, on: backend)
            case .int32(let values): try Tensor(values, shape: operand.shape, on: backend)
            case nil: try Tensor(uninitialized: operand.shape, operand.elementType, on: backend)
            }
          }
          tensors[result] = tensors[replaced]
          try plan.bind(tensors.map(\.storage), scratch: backend.sharedScratch(for: plan), label: operation.name)
            .enqueue()
          for (index, position) in operands.indices.filter({ operands[$0].access == .write }).enumerated() {
            #expect(
              try tensors[position].floats().map(\.bitPattern) == expected[index].bits,
              "\(operation.name) in the place of \(operands[replaced].name)")
          }
        }
      }
    }
  }

  @Test func onlySomeOperationsAcceptAnEpilogue() throws {
    #expect(throws: DeltaCLError.self) {
      try TensorOperation.fused(.softmax(rows: 1, classes: 2), .activation(.relu)).validate()
    }
    let twice = TensorOperation.fused(.fused(.add(count: 1), .activation(.relu)), .activation(.relu))
    #expect(throws: DeltaCLError.self) { try ReferenceBackend().plan(for: twice) }
  }
}
