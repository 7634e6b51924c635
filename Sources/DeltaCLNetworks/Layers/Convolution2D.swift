public import DeltaCL

/// A convolution over images: `[N, H, W, C]` to `[N, P, Q, outputChannels]`.
///
/// Parameters: `weight` `[outputChannels, R, S, C / groups]` and, with `bias`, `bias` `[outputChannels]`.
public struct Convolution2D: Layer {
  /// The number of kernels.
  public var outputChannels: Int
  /// Rows and columns of a kernel.
  public var kernelSize: Extent
  /// The distance between windows.
  public var stride: Extent
  /// What surrounds the image.
  public var padding: Padding
  /// The distance between the cells that neighbouring weights see.
  public var dilation: Extent
  /// The number of groups of channels that do not see each other.
  public var groups: Int
  /// Whether a bias is added.
  public var bias: Bool
  /// What the initial weights are drawn from, and the bias if the initialiser says so.
  public var initializer: Initializer

  /// Creates a layer; its parameters are checked when a network is built with it.
  public init(
    outputChannels: Int, kernelSize: Extent, stride: Extent = 1, padding: Padding = 0, dilation: Extent = 1,
    groups: Int = 1, bias: Bool = true, initializer: Initializer = .pytorch
  ) {
    self.outputChannels = outputChannels
    self.kernelSize = kernelSize
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
    self.bias = bias
    self.initializer = initializer
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    let image = try graph.image(input)
    let convolution = try Convolution(
      batch: image.batch, inputSize: image.size, inputChannels: image.channels, outputChannels: outputChannels,
      kernelSize: kernelSize, stride: stride, padding: padding, dilation: dilation, groups: groups)
    let fans = Fans(weights: convolution.kernelShape)
    let weight = try graph.parameter(
      "weight", convolution.kernelShape, initializer, fans: fans,
      pyTorchLayout: .channelsSecond(convolution.kernelShape))
    guard bias else { return try graph.apply(.convolution(convolution, bias: false), to: input, weight) }
    let bias = try graph.parameter("bias", convolution.biasShape, initializer.forBias, fans: fans)
    return try graph.apply(.convolution(convolution, bias: true), to: input, weight, bias)
  }
}
