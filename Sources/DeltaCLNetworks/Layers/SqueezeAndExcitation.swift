import DeltaCL

/// Each channel times a factor that two small layers make of the means of all: images `[N, H, W, C]` to the same.
///
/// Parameters: those of `fc1` and `fc2`, convolutions of 1x1 from C channels to the squeezed ones and back, with biases.
///
/// Jie Hu, Li Shen and Gang Sun, "Squeeze-and-excitation networks", CVPR 2018.
public struct SqueezeAndExcitation: Layer {
  /// The channels between the two layers.
  public var squeezedChannels: Int
  /// What follows the first of them.
  public var activation: any Layer
  /// What makes factors of the second one's output.
  public var gate: any Layer
  /// What the initial weights are drawn from.
  public var initializer: Initializer

  /// Creates a layer.
  public init(
    squeezedChannels: Int, activation: any Layer = ReLU(), gate: any Layer = Sigmoid(),
    initializer: Initializer = .pytorch
  ) {
    self.squeezedChannels = squeezedChannels
    self.activation = activation
    self.gate = gate
    self.initializer = initializer
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    let channels = try graph.image(input).channels
    let layers: Sequential = [
      "avgpool": GlobalAveragePooling2D(),
      "fc1": Convolution2D(outputChannels: squeezedChannels, kernelSize: 1, initializer: initializer),
      "activation": activation,
      "fc2": Convolution2D(outputChannels: channels, kernelSize: 1, initializer: initializer),
      "scale_activation": gate,
    ]
    let factors = try layers(input, in: &graph)
    return try graph.apply(ElementwiseExpression.input(0) * .input(1), to: input, factors)
  }
}
