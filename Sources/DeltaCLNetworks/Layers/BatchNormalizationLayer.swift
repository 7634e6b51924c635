import DeltaCL

/// Batch normalisation of each channel: images `[N, H, W, C]` or features `[N, C]` to the same.
///
/// Parameters: `weight` and `bias` `[C]`, at first 1 and 0. Statistics: `running_mean` and `running_var` `[C]`, at first 0 and 1, which
/// follow those of the batches in training and replace them in inference.
public struct BatchNormalizationLayer: Layer {
  /// What is added to variances before their root is taken.
  public var epsilon: Float
  /// How far running statistics move towards those of a batch.
  public var momentum: Float

  /// Creates a layer.
  public init(epsilon: Float = 1e-5, momentum: Float = 0.1) {
    self.epsilon = epsilon
    self.momentum = momentum
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    guard input.shape.dimensions.count >= 2, let channels = input.shape.dimensions.last, channels >= 1 else {
      throw graph.mismatch(input, needs: "channels, as in [N, H, W, C] or [N, C]")
    }
    let normalization = try BatchNormalization(
      rows: input.shape.elementCount / channels, channels: channels, epsilon: epsilon, momentum: momentum)
    let fans = Fans(weights: normalization.channelShape)
    let layout =
      input.shape.dimensions.count == 2
      ? graph.pyTorchLayout(normalization.channelShape, ofFeatures: input) : .same(normalization.channelShape)
    let weight = try graph.parameter(
      "weight", normalization.channelShape, .constant(1), fans: fans, pyTorchLayout: layout)
    let bias = try graph.parameter("bias", normalization.channelShape, .zeros, fans: fans, pyTorchLayout: layout)
    let mean = try graph.statistic("running_mean", normalization.channelShape, initial: 0, pyTorchLayout: layout)
    let variance = try graph.statistic("running_var", normalization.channelShape, initial: 1, pyTorchLayout: layout)
    let operation: TensorOperation =
      switch graph.mode {
      case .training: .batchNormalization(normalization)
      case .inference: .batchNormalizationInference(normalization)
      }
    try operation.validate()
    let output = try graph.apply(operation, to: input, weight, bias, mean, variance)
    graph.noteFeatures(of: [input], in: output)
    return try output.reshaped(input.shape)
  }
}
