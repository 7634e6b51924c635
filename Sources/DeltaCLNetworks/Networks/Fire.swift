import DeltaCL

/// SqueezeNet's module: narrows by 1x1 kernels, then joins what 1x1 and 3x3 kernels make of that, each of the same width.
struct Fire: Layer {
  private let squeeze: Sequential
  private let expansion: ConcatenationLayer

  init(squeezedChannels: Int, width: Int) {
    func convolution(_ name: String, _ width: Int, _ kernelSize: Extent, padding: Padding) -> Sequential {
      Sequential([
        (
          name,
          Convolution2D(
            outputChannels: width, kernelSize: kernelSize, padding: padding, initializer: .heUniform)
        ), ("\(name)_activation", ReLU()),
      ])
    }
    squeeze = convolution("squeeze", squeezedChannels, 1, padding: 0)
    expansion = ConcatenationLayer([
      (nil, convolution("expand1x1", width, 1, padding: 0)), (nil, convolution("expand3x3", width, 3, padding: 1)),
    ])
  }

  func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    try expansion(squeeze(input, in: &graph), in: &graph)
  }
}
