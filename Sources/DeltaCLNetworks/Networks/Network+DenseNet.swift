import DeltaCL

extension Network {
  /// DenseNet-121 with a growth of 32 channels for images of 224x224, with torchvision's names and initial distributions.
  ///
  /// Gao Huang, Zhuang Liu, Laurens van der Maaten and Kilian Weinberger, "Densely connected convolutional networks", CVPR 2017.
  public static func denseNet121(classes: Int) -> Network {
    let growth = 32
    var channels = 64
    var features: [(name: String, layer: any Layer)] = [
      ("conv0", denseNetConvolution(channels, 7, stride: 2, padding: 3)), ("norm0", BatchNormalizationLayer()),
      ("relu0", ReLU()), ("pool0", MaxPooling2D(window: 3, stride: 2, padding: 1)),
    ]
    let depths = [6, 12, 24, 16]
    for (stage, depth) in depths.enumerated() {
      let layers = (1...depth).map { (name: "denselayer\($0)", layer: denselyConnected(growth: growth) as any Layer) }
      features.append(("denseblock\(stage + 1)", Sequential(layers)))
      channels += depth * growth
      guard stage + 1 < depths.count else { break }
      channels /= 2
      let transition: Sequential = [
        "norm": BatchNormalizationLayer(), "relu": ReLU(), "conv": denseNetConvolution(channels, 1),
        "pool": AveragePooling2D(window: 2),
      ]
      features.append(("transition\(stage + 1)", transition))
    }
    features.append(("norm5", BatchNormalizationLayer()))
    let model: Sequential = [
      "features": Sequential(features), "relu": ReLU(), "avgpool": GlobalAveragePooling2D(), "flatten": Flatten(),
      "classifier": DenseLayer(outputs: classes, initializer: .uniform(bound: 1 / Float(channels).squareRoot())),
    ]
    return Network(name: "densenet121", inputSize: 224, inputChannels: 3, classes: classes, model: model)
  }

  /// Joins its input and the channels that it adds.
  private static func denselyConnected(growth: Int) -> ConcatenationLayer {
    let body: Sequential = [
      "norm1": BatchNormalizationLayer(), "relu1": ReLU(), "conv1": denseNetConvolution(4 * growth, 1),
      "norm2": BatchNormalizationLayer(), "relu2": ReLU(), "conv2": denseNetConvolution(growth, 3, padding: 1),
    ]
    return ConcatenationLayer([(nil, Sequential([])), (nil, body)])
  }

  private static func denseNetConvolution(
    _ width: Int, _ kernelSize: Extent, stride: Extent = 1, padding: Padding = 0
  ) -> Convolution2D {
    Convolution2D(
      outputChannels: width, kernelSize: kernelSize, stride: stride, padding: padding, bias: false, initializer: .he)
  }
}
