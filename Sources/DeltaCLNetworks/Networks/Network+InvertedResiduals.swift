import DeltaCL

/// What MobileNets and EfficientNets are made of.
extension Network {
  /// What a block of MobileNetV3 or EfficientNet does: it widens by 1x1 kernels, filters each channel on its own, weighs the channels
  /// and narrows by 1x1 kernels.
  struct InvertedResidual {
    let kernelSize: Int
    /// The channels between the 1x1 kernels.
    let width: Int
    let outputs: Int
    var stride: Extent = 1
    /// `nil` if the channels are not weighed.
    var squeezeAndExcitation: SqueezeAndExcitation?
    let activation: any Layer
    let normalization: BatchNormalizationLayer
    /// The probability with which the block is dropped in training.
    var dropProbability: Float = 0
  }

  /// A block, with a shortcut around it all if the shape stays.
  static func invertedResidual(_ block: InvertedResidual, from inputs: Int) -> any Layer {
    func convolution(
      _ width: Int, _ kernelSize: Int, stride: Extent = 1, groups: Int = 1, activation: (any Layer)? = nil
    ) -> Sequential {
      normalizedConvolution(
        width, kernelSize, stride: stride, groups: groups, normalization: block.normalization, activation: activation)
    }
    var layers: [any Layer] =
      block.width == inputs ? [] : [convolution(block.width, 1, activation: block.activation)]
    layers.append(
      convolution(
        block.width, block.kernelSize, stride: block.stride, groups: block.width, activation: block.activation))
    if let layer = block.squeezeAndExcitation { layers.append(layer) }
    layers.append(convolution(block.outputs, 1))
    var body: Sequential = ["block": Sequential(numbered: layers)]
    guard block.stride == 1, inputs == block.outputs else { return body }
    if block.dropProbability > 0 {
      body.layers.append(("stochastic_depth", StochasticDepth(probability: block.dropProbability)))
    }
    return Residual(body)
  }

  /// A convolution that keeps the size except for its stride, batch normalisation and an activation, if there is one.
  static func normalizedConvolution(
    _ width: Int, _ kernelSize: Int, stride: Extent = 1, groups: Int = 1,
    normalization: BatchNormalizationLayer = BatchNormalizationLayer(), activation: (any Layer)?
  ) -> Sequential {
    let layers: [(any Layer)?] = [
      Convolution2D(
        outputChannels: width, kernelSize: Extent(kernelSize, kernelSize), stride: stride,
        padding: Padding(kernelSize / 2, kernelSize / 2), groups: groups, bias: false, initializer: .heFanOut),
      normalization, activation,
    ]
    return Sequential(numbered: layers.compactMap { $0 })
  }
}
