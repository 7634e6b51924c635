import DeltaCL

extension Network {
  /// EfficientNet-B0 for images of 224x224, with torchvision's names and initial distributions.
  ///
  /// Mingxing Tan and Quoc Le, "EfficientNet: rethinking model scaling for convolutional neural networks", ICML 2019.
  public static func efficientNetB0(classes: Int) -> Network {
    let stages: [(expansion: Int, kernelSize: Int, stride: Extent, channels: Int, depth: Int)] = [
      (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4),
      (6, 3, 1, 320, 1),
    ]
    let blockCount = stages.reduce(0) { $0 + $1.depth }
    var channels = 32
    var blockIndex = 0
    var features: [any Layer] = [normalizedConvolution(channels, 3, stride: 2, activation: SiLU())]
    for stage in stages {
      let blocks = (0..<stage.depth).map { index -> any Layer in
        defer {
          channels = stage.channels
          blockIndex += 1
        }
        let excitation = SqueezeAndExcitation(
          squeezedChannels: max(1, channels / 4), activation: SiLU(), initializer: .heFanOut)
        let block = InvertedResidual(
          kernelSize: stage.kernelSize, width: channels * stage.expansion, outputs: stage.channels,
          stride: index == 0 ? stage.stride : 1, squeezeAndExcitation: excitation, activation: SiLU(),
          normalization: BatchNormalizationLayer(), dropProbability: 0.2 * Float(blockIndex) / Float(blockCount))
        return invertedResidual(block, from: channels)
      }
      features.append(Sequential(numbered: blocks))
    }
    features.append(normalizedConvolution(4 * channels, 1, activation: SiLU()))
    let bound = 1 / Float(max(1, classes)).squareRoot()
    let model: Sequential = [
      "features": Sequential(numbered: features), "avgpool": GlobalAveragePooling2D(), "flatten": Flatten(),
      "classifier": [
        "0": DropoutLayer(probability: 0.2), "1": DenseLayer(outputs: classes, initializer: .uniform(bound: bound)),
      ] as Sequential,
    ]
    return Network(name: "efficientnet-b0", inputSize: 224, inputChannels: 3, classes: classes, model: model)
  }
}
