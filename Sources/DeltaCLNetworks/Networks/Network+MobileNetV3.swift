import DeltaCL

extension Network {
  /// MobileNetV3-Large of width 1 for images of 224x224, with torchvision's names and initial distributions.
  ///
  /// Andrew Howard and others, "Searching for MobileNetV3", ICCV 2019.
  public static func mobileNetV3Large(classes: Int) -> Network {
    mobileNetV3(
      "mobilenet-v3-large", classes: classes, features: 1280,
      [
        (3, 16, 16, false, false, 1), (3, 64, 24, false, false, 2), (3, 72, 24, false, false, 1),
        (5, 72, 40, true, false, 2), (5, 120, 40, true, false, 1), (5, 120, 40, true, false, 1),
        (3, 240, 80, false, true, 2), (3, 200, 80, false, true, 1), (3, 184, 80, false, true, 1),
        (3, 184, 80, false, true, 1), (3, 480, 112, true, true, 1), (3, 672, 112, true, true, 1),
        (5, 672, 160, true, true, 2), (5, 960, 160, true, true, 1), (5, 960, 160, true, true, 1),
      ])
  }

  /// MobileNetV3-Small of width 1; see ``mobileNetV3Large(classes:)``.
  public static func mobileNetV3Small(classes: Int) -> Network {
    mobileNetV3(
      "mobilenet-v3-small", classes: classes, features: 1024,
      [
        (3, 16, 16, true, false, 2), (3, 72, 24, false, false, 2), (3, 88, 24, false, false, 1),
        (5, 96, 40, true, true, 2), (5, 240, 40, true, true, 1), (5, 240, 40, true, true, 1),
        (5, 120, 48, true, true, 1), (5, 144, 48, true, true, 1), (5, 288, 96, true, true, 2),
        (5, 576, 96, true, true, 1), (5, 576, 96, true, true, 1),
      ])
  }

  /// - Parameters:
  ///   - features: The outputs of the first dense layer.
  ///   - blocks: As in the paper's tables; without a hard swish their activations are relus.
  private static func mobileNetV3(
    _ name: String, classes: Int, features: Int,
    _ blocks: [(kernelSize: Int, width: Int, channels: Int, squeezes: Bool, swishes: Bool, stride: Int)]
  ) -> Network {
    let normalization = BatchNormalizationLayer(epsilon: 1e-3, momentum: 0.01)
    var channels = 16
    var layers: [any Layer] = [
      normalizedConvolution(channels, 3, stride: 2, normalization: normalization, activation: HardSwish())
    ]
    for block in blocks {
      let excitation = SqueezeAndExcitation(
        squeezedChannels: roundedToEights(block.width / 4), gate: HardSigmoid(), initializer: .heFanOut)
      let residual = InvertedResidual(
        kernelSize: block.kernelSize, width: block.width, outputs: block.channels,
        stride: Extent(block.stride, block.stride), squeezeAndExcitation: block.squeezes ? excitation : nil,
        activation: block.swishes ? HardSwish() : ReLU(), normalization: normalization)
      layers.append(invertedResidual(residual, from: channels))
      channels = block.channels
    }
    layers.append(normalizedConvolution(6 * channels, 1, normalization: normalization, activation: HardSwish()))
    let initializer = Initializer.normal(deviation: 0.01)
    let model: Sequential = [
      "features": Sequential(numbered: layers), "avgpool": GlobalAveragePooling2D(), "flatten": Flatten(),
      "classifier": [
        "0": DenseLayer(outputs: features, initializer: initializer), "1": HardSwish(),
        "2": DropoutLayer(probability: 0.2), "3": DenseLayer(outputs: classes, initializer: initializer),
      ] as Sequential,
    ]
    return Network(name: name, inputSize: 224, inputChannels: 3, classes: classes, model: model)
  }

  /// The nearest multiple of 8, or the next one if that is less than 90 % of the channels.
  private static func roundedToEights(_ channels: Int) -> Int {
    let rounded = max(8, (channels + 4) / 8 * 8)
    return 10 * rounded < 9 * channels ? rounded + 8 : rounded
  }
}
