import DeltaCL

extension Network {
  /// MobileNetV2 of width 1 for images of 224x224, with torchvision's names and initial distributions.
  ///
  /// Mark Sandler, Andrew Howard, Menglong Zhu, Andrey Zhmoginov and Liang-Chieh Chen, "MobileNetV2: inverted residuals and
  /// linear bottlenecks", CVPR 2018.
  public static func mobileNetV2(classes: Int) -> Network {
    let stages: [(expansion: Int, channels: Int, depth: Int, stride: Extent)] = [
      (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
    ]
    var channels = 32
    var features: [any Layer] = [normalizedConvolution(channels, 3, stride: 2, activation: ReLU6())]
    for stage in stages {
      for index in 0..<stage.depth {
        features.append(
          invertedResidual(
            from: channels, to: stage.channels, expansion: stage.expansion, stride: index == 0 ? stage.stride : 1))
        channels = stage.channels
      }
    }
    features.append(normalizedConvolution(1280, 1, activation: ReLU6()))
    let model: Sequential = [
      "features": Sequential(numbered: features),
      "avgpool": GlobalAveragePooling2D(),
      "flatten": Flatten(),
      "classifier": [
        "0": DropoutLayer(probability: 0.2), "1": DenseLayer(outputs: classes, initializer: .normal(deviation: 0.01)),
      ] as Sequential,
    ]
    return Network(name: "mobilenet-v2", inputSize: 224, inputChannels: 3, classes: classes, model: model)
  }

  /// Widens by 1x1 kernels, filters each channel on its own and narrows by 1x1 kernels, with a shortcut around it all if the
  /// shape stays.
  private static func invertedResidual(
    from inputs: Int, to outputs: Int, expansion: Int, stride: Extent
  ) -> any Layer {
    let width = inputs * expansion
    var layers: [any Layer] = expansion == 1 ? [] : [normalizedConvolution(width, 1, activation: ReLU6())]
    layers += [
      normalizedConvolution(width, 3, stride: stride, groups: width, activation: ReLU6()),
      Convolution2D(outputChannels: outputs, kernelSize: 1, bias: false, initializer: .heFanOut),
      BatchNormalizationLayer(),
    ]
    let body: Sequential = ["conv": Sequential(numbered: layers)]
    return stride == 1 && inputs == outputs ? Residual(body) : body
  }
}
