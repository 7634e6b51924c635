import DeltaCL

/// A fully connected layer: `[N, In]` to `[N, outputs]`.
///
/// Parameters: `weight` `[outputs, In]` and, with `bias`, `bias` `[outputs]`.
public struct DenseLayer: Layer {
  /// The number of outputs.
  public var outputs: Int
  /// Whether a bias is added.
  public var bias: Bool
  /// What the initial weights are drawn from, and the bias if the initialiser says so.
  public var initializer: Initializer

  /// Creates a layer; its parameters are checked when a network is built with it.
  public init(outputs: Int, bias: Bool = true, initializer: Initializer = .pytorch) {
    self.outputs = outputs
    self.bias = bias
    self.initializer = initializer
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    let dimensions = input.shape.dimensions
    guard dimensions.count == 2 else {
      throw graph.mismatch(input, needs: "features of shape [N, In]; put a Flatten layer before it")
    }
    let dense = try Dense(batch: dimensions[0], inputs: dimensions[1], outputs: outputs)
    let fans = Fans(weights: dense.kernelShape)
    let weight = try graph.parameter(
      "weight", dense.kernelShape, initializer, fans: fans,
      pyTorchLayout: graph.pyTorchLayout(dense.kernelShape, ofFeatures: input))
    guard bias else { return try graph.apply(.dense(dense, bias: false), to: input, weight) }
    let bias = try graph.parameter("bias", dense.biasShape, initializer.forBias, fans: fans)
    return try graph.apply(.dense(dense, bias: true), to: input, weight, bias)
  }
}
