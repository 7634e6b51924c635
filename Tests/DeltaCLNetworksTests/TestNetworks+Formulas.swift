import DeltaCL

@testable import DeltaCLNetworks

extension TestNetwork {
  /// Formulas for each element, and reductions.
  static let formulas: [TestNetwork] = [
    TestNetwork(
      "gated units", inputSize: 3, inputChannels: 2, classes: 3,
      [
        "conv": Convolution2D(outputChannels: 3, kernelSize: 2), "silu": SiLU(), "gelu": GELU(), "mish": Mish(),
        "flatten": Flatten(), "dense": DenseLayer(outputs: 3, initializer: .normal(deviation: 1)),
      ] as Sequential),
    TestNetwork(
      "exponential units", inputSize: 3, inputChannels: 2, classes: 3,
      [
        "conv": Convolution2D(outputChannels: 3, kernelSize: 2), "elu": ELU(alpha: 0.5), "celu": CELU(alpha: 0.7),
        "selu": SELU(), "gelu": GELU(isApproximate: true), "flatten": Flatten(),
        "dense": DenseLayer(outputs: 3, initializer: .normal(deviation: 1)),
      ] as Sequential),
    TestNetwork(
      "functions with limits", inputSize: 3, inputChannels: 2, classes: 3,
      [
        "conv": Convolution2D(outputChannels: 3, kernelSize: 2), "softplus": Softplus(), "softsign": Softsign(),
        "swish": HardSwish(), "hard": HardSigmoid(), "flatten": Flatten(),
        "dense": DenseLayer(outputs: 3, initializer: .normal(deviation: 1)),
      ] as Sequential),
    TestNetwork(
      "slopes that are learnt", inputSize: 3, inputChannels: 2, classes: 3,
      [
        "conv": Convolution2D(outputChannels: 3, kernelSize: 2), "prelu": PReLU(), "flatten": Flatten(),
        "dense": DenseLayer(outputs: 3),
      ] as Sequential),
    TestNetwork(
      "enlarged images", inputSize: 3, inputChannels: 2, classes: 3,
      [
        "up": TransposedConvolution2D(outputChannels: 4, kernelSize: 3, stride: 2, padding: 1, groups: 2),
        "tanh": Tanh(), "up2": TransposedConvolution2D(outputChannels: 2, kernelSize: 2, bias: false),
        "relu": ReLU(), "flatten": Flatten(), "dense": DenseLayer(outputs: 3),
      ] as Sequential),
    TestNetwork(
      "neighbouring channels", inputSize: 3, inputChannels: 2, classes: 3,
      [
        "conv": Convolution2D(outputChannels: 4, kernelSize: 2),
        "response": LocalResponseNormalizationLayer(size: 3, alpha: 2), "flatten": Flatten(),
        "dense": DenseLayer(outputs: 3),
      ] as Sequential),
    TestNetwork(
      "reductions", inputSize: 3, inputChannels: 2, classes: 4, batch: 2,
      [
        "conv": Convolution2D(outputChannels: 4, kernelSize: 2, initializer: .xavier), "reductions": ReductionsLayer(),
        "flatten": Flatten(), "dense": DenseLayer(outputs: 4),
      ] as Sequential),
    TestNetwork(
      "branches, shuffled channels and dropped examples", inputSize: Extent(3, 2), inputChannels: 2, classes: 3,
      batch: 2,
      [
        "conv": Convolution2D(outputChannels: 4, kernelSize: 1),
        "branches": ConcatenationLayer([
          (nil, ChannelSlice(1, of: 2)),
          (
            "conv",
            [
              "slice": ChannelSlice(0, of: 2), "conv": Convolution2D(outputChannels: 4, kernelSize: 1), "tanh": Tanh(),
            ] as Sequential
          ),
        ]),
        "shuffle": ChannelShuffle(groups: 2),
        "block": Residual(
          [
            "scale": SqueezeAndExcitation(squeezedChannels: 2, activation: SiLU(), initializer: .xavier),
            "depth": StochasticDepth(probability: 0.25),
          ] as Sequential),
        "flatten": Flatten(), "dense": DenseLayer(outputs: 3),
      ] as Sequential),
  ]
}

/// Each element beside all that reductions make of its image, its pixel, its channel and the batch.
private struct ReductionsLayer: Layer {
  func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    func reduced(_ function: TensorOperation.Reduction.Function, _ axes: [Int]) throws -> GraphValue {
      let operation = try TensorOperation.reduction(function, shape: input.shape, axes: axes, keepingAxes: true)
      return try graph.apply(operation, to: input)
    }
    let (mean, sum, l1) = try (reduced(.mean, [1, 2]), reduced(.sum, [0]), reduced(.l1, [3]))
    let (greatest, least) = try (reduced(.maximum, [1, 2, 3]), reduced(.minimum, [0, 2]))
    let (product, l2, exponential) = try (reduced(.product, [3]), reduced(.l2, [1]), reduced(.logSumExp, [1, 3]))
    let x = (0..<4).map(ElementwiseExpression.input)
    let centered = try graph.apply((x[0] - x[1]) * x[2] + x[3], to: input, mean, sum, l1)
    let ends = try graph.apply(x[0] * x[1] - x[2], to: centered, greatest, least)
    return try graph.apply(x[0] + x[1] * 2 - x[2] / (.exp(x[3]) + 1), to: ends, product, l2, exponential)
  }
}
