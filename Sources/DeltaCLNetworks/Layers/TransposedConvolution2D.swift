public import DeltaCL

/// A transposed convolution over images, which enlarges them: `[N, H, W, C]` to `[N, P, Q, outputChannels]`, where P is
/// `(H - 1) * stride - top - bottom + dilation * (R - 1) + outputPadding + 1`.
///
/// Parameters: `weight` `[C, R, S, outputChannels / groups]` and, with `bias`, `bias` `[outputChannels]`.
public struct TransposedConvolution2D: Layer {
  /// The channels of the result.
  public var outputChannels: Int
  /// Rows and columns of a kernel.
  public var kernelSize: Extent
  /// The distance between windows.
  public var stride: Extent
  /// What is taken off the result at its sides.
  public var padding: Padding
  /// Rows and columns that are added to the result at the end, fewer than the stride.
  public var outputPadding: Extent
  /// The distance between the cells that neighbouring weights reach.
  public var dilation: Extent
  /// The number of groups of channels that do not reach each other.
  public var groups: Int
  /// Whether a bias is added.
  public var bias: Bool
  /// What the initial weights are drawn from, and the bias if the initialiser says so.
  public var initializer: Initializer

  /// Creates a layer; its parameters are checked when a network is built with it.
  public init(
    outputChannels: Int, kernelSize: Extent, stride: Extent = 1, padding: Padding = 0, outputPadding: Extent = 0,
    dilation: Extent = 1, groups: Int = 1, bias: Bool = true, initializer: Initializer = .pytorch
  ) {
    self.outputChannels = outputChannels
    self.kernelSize = kernelSize
    self.stride = stride
    self.padding = padding
    self.outputPadding = outputPadding
    self.dilation = dilation
    self.groups = groups
    self.bias = bias
    self.initializer = initializer
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    let image = try graph.image(input)
    let transposed = try TransposedConvolution(
      batch: image.batch, inputSize: image.size, inputChannels: image.channels, outputChannels: outputChannels,
      kernelSize: kernelSize, stride: stride, padding: padding, outputPadding: outputPadding, dilation: dilation,
      groups: groups)
    // PyTorch takes the same fans from weights of the same axes, although the first is the input here.
    let fans = Fans(weights: transposed.kernelShape)
    let weight = try graph.parameter(
      "weight", transposed.kernelShape, initializer, fans: fans, pyTorchLayout: .channelsSecond(transposed.kernelShape)
    )
    guard bias else { return try graph.apply(.transposedConvolution(transposed, bias: false), to: input, weight) }
    let bias = try graph.parameter("bias", transposed.biasShape, initializer.forBias, fans: fans)
    return try graph.apply(.transposedConvolution(transposed, bias: true), to: input, weight, bias)
  }
}
