import DeltaCL
import Testing

@Suite struct DescriptorTests {
  @Test func dense() throws {
    let dense = try Dense(batch: 3, inputs: 5, outputs: 7)
    #expect(dense.inputShape == [3, 5])
    #expect(dense.kernelShape == [7, 5])
    #expect(dense.biasShape == [7])
    #expect(dense.outputShape == [3, 7])
    #expect(dense.floatingPointOperations == 210)
    #expect(try Dense(batch: 0, inputs: 5, outputs: 7).outputShape.elementCount == 0)
  }

  @Test func impossibleDense() {
    expectError(.invalidDescriptor, naming: "0") { try Dense(batch: 1, inputs: 0, outputs: 7) }
    expectError(.invalidDescriptor, naming: "-7") { try Dense(batch: 1, inputs: 5, outputs: -7) }
    expectError(.invalidDescriptor) { try Dense(batch: -1, inputs: 5, outputs: 7) }
    expectError(.tooLarge, naming: "weights") { try Dense(batch: 1, inputs: 65_536, outputs: 65_536) }
    expectError(.tooLarge) { try Dense(batch: .max, inputs: .max, outputs: 1) }
  }

  @Test func impossibleUpdates() throws {
    expectError(.invalidDescriptor, naming: "adam", "beta1", "1.0") { try AdamUpdate(count: 1, beta1: 1) }
    expectError(.invalidDescriptor, naming: "beta2", "nan") { try AdamUpdate(count: 1, beta2: .nan) }
    expectError(.invalidDescriptor, naming: "epsilon", "0.0") { try AdamUpdate(count: 1, epsilon: 0) }
    expectError(.invalidDescriptor, naming: "rmsprop", "smoothing") { try RMSpropUpdate(count: 1, smoothing: -0.1) }
    expectError(.invalidDescriptor, naming: "momentum") { try RMSpropUpdate(count: 1, momentum: -1) }
    expectError(.invalidDescriptor, naming: "lion", "beta2") { try LionUpdate(count: 1, beta2: 2) }
    expectError(.invalidDescriptor, naming: "limit") { try TensorOperation.clipValue(count: 1, limit: 0).validate() }
    expectError(.invalidDescriptor, naming: "maximum") {
      try TensorOperation.clipNorm(count: 1, maximum: .infinity).validate()
    }
  }

  @Test func impossibleSGD() throws {
    expectError(.invalidDescriptor, naming: "momentum", "-0.1") { try SGDUpdate(count: 1, momentum: -0.1) }
    expectError(.invalidDescriptor, naming: "momentum", "nan") { try SGDUpdate(count: 1, momentum: .nan) }
    expectError(.invalidDescriptor, naming: "weight decay", "inf") { try SGDUpdate(count: 1, weightDecay: .infinity) }
    expectError(.invalidDescriptor, naming: "Nesterov") { try SGDUpdate(count: 1, nesterov: true) }
    expectError(.invalidDescriptor) { try SGDUpdate(count: -1) }
    expectError(.tooLarge) { try SGDUpdate(count: .max) }
    _ = try SGDUpdate(count: 0, momentum: 0.9, weightDecay: 0.1, nesterov: true)
  }

  @Test func shapes() throws {
    #expect(Shape([2, 3, 4]).elementCount == 24)
    #expect(Shape([]).elementCount == 1)
    #expect(Shape([.max, 0]).elementCount == 0)
    #expect(Shape([.max, .max]).elementCount == .max)
    #expect(Shape([1 << 32, 1 << 32]).elementCount == .max)
    #expect(Shape([1, 2]).description == "[1, 2]")
  }

  @Test func extentsAndPaddings() {
    #expect(Extent(3, 3) == 3)
    #expect(Extent(2, 3).description == "2x3")
    #expect(Padding(1, 2) == Padding(top: 1, left: 2, bottom: 1, right: 2))
    #expect(Padding(1, 1) == 1)
  }

  @Test func operandsSayWhatAnOperationDoes() throws {
    let convolution = try Convolution(batch: 1, inputSize: 4, inputChannels: 1, outputChannels: 2, kernelSize: 3)
    #expect(TensorOperation.convolution(convolution, bias: true).operands.map(\.name) == ["x", "w", "b", "y"])
    #expect(TensorOperation.convolution(convolution, bias: false).operands.map(\.name) == ["x", "w", "y"])
    #expect(TensorOperation.convolution(convolution, bias: false).byteCount == 4 * (16 + 18 + 8))
    let sgd = TensorOperation.sgd(try SGDUpdate(count: 10))
    #expect(sgd.operands.map(\.access) == [.read, .read, .read, .update, .update])
    #expect(sgd.byteCount == 4 * (1 + 1 + 10 + 20 + 20))
    #expect(sgd.floatingPointOperations == 0)
  }
  @Test func operationsAreOfAKind() throws {
    let convolution = try Convolution(batch: 1, inputSize: 4, inputChannels: 1, outputChannels: 2, kernelSize: 3)
    let forward = TensorOperation.convolution(convolution, bias: true)
    #expect(forward.as(TensorOperation.ConvolutionForward.self)?.convolution == convolution)
    #expect(forward.as(TensorOperation.ConvolutionForward.self)?.hasBias == true)
    #expect(forward.as(TensorOperation.ConvolutionDelta.self) == nil)
    let dropout = try Dropout(count: 3, seed: 1)
    #expect(TensorOperation.dropout(dropout).as(Dropout.self) == dropout)

    let fused = TensorOperation.fused(forward, .activation(.relu))
    #expect(fused.as(TensorOperation.ConvolutionForward.self) == nil)
    #expect(fused.as(TensorOperation.Fused.self)?.epilogue == .activation(.relu))
    #expect(fused.withoutEpilogue == forward && forward.withoutEpilogue == forward)
  }

  /// Two kinds may have the same parameters.
  @Test func operationsOfTwoKindsAreNotEqual() throws {
    let convolution = try Convolution(batch: 1, inputSize: 4, inputChannels: 1, outputChannels: 2, kernelSize: 3)
    let delta = TensorOperation.convolutionDelta(convolution)
    #expect(delta == .convolutionDelta(convolution))
    #expect(delta != .convolutionGradient(convolution))
    #expect(TensorOperation.add(count: 1) != .copy(count: 1))
    #expect(Set([delta, delta, .convolutionGradient(convolution), .add(count: 1), .copy(count: 1)]).count == 4)
  }

  @Test func operandsSayWhichIntegersAreValid() throws {
    let pooling = try Pooling(batch: 1, inputSize: Extent(4, 6), channels: 1, window: 2)
    #expect(TensorOperation.maxPoolingDelta(pooling).operands.map(\.range) == [nil, 0..<24, nil])
    #expect(TensorOperation.softmaxCrossEntropy(rows: 2, classes: 3).operands[1].range == 0..<3)
    #expect(TensorOperation.softmaxCrossEntropy(rows: 2, classes: -3).operands[1].range == 0..<0)
  }
}
