public import DeltaCL

/// A convolution over images: `[N, H, W, C]` to `[N, P, Q, outputChannels]`.
///
/// Parameters: `weight` `[outputChannels, R, S, C / groups]` and, with `bias`, `bias` `[outputChannels]`.
public struct Convolution2D: Layer {
  public var outputChannels: Int
  public var kernelSize: Extent
  public var stride: Extent
  public var padding: Padding
  public var dilation: Extent
  public var groups: Int
  public var bias: Bool
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

  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    let image = try graph.image(input)
    let convolution = try Convolution(
      batch: image.batch, inputSize: image.size, inputChannels: image.channels, outputChannels: outputChannels,
      kernelSize: kernelSize, stride: stride, padding: padding, dilation: dilation, groups: groups)
    let fans = Fans(weights: convolution.kernelShape)
    let weight = try graph.parameter("weight", convolution.kernelShape, initializer, fans: fans)
    guard bias else { return try graph.apply(.convolution(convolution, bias: false), to: input, weight) }
    let bias = try graph.parameter("bias", convolution.biasShape, initializer.forBias, fans: fans)
    return try graph.apply(.convolution(convolution, bias: true), to: input, weight, bias)
  }
}
