import DeltaCL

extension Network {
  /// ShuffleNetV2 of width 1 for images of 224x224, with torchvision's names and initial distributions.
  ///
  /// Ningning Ma, Xiangyu Zhang, Hai-Tao Zheng and Jian Sun, "ShuffleNet V2: practical guidelines for efficient CNN architecture
  /// design", ECCV 2018.
  public static func shuffleNetV2(classes: Int) -> Network {
    var layers: [(name: String, layer: any Layer)] = [
      ("conv1", Sequential(numbered: shuffleConvolution(24, 3, stride: 2))),
      ("maxpool", MaxPooling2D(window: 3, stride: 2, padding: 1)),
    ]
    var channels = 24
    for (name, width, depth) in [("stage2", 116, 4), ("stage3", 232, 8), ("stage4", 464, 4)] {
      let units = [shuffleDownsampling(from: channels, to: width)] + (1..<depth).map { _ in shuffleUnit(width) }
      layers.append((name, Sequential(numbered: units)))
      channels = width
    }
    layers += [
      ("conv5", Sequential(numbered: shuffleConvolution(1024, 1))), ("avgpool", GlobalAveragePooling2D()),
      ("flatten", Flatten()), ("fc", DenseLayer(outputs: classes)),
    ]
    return Network(
      name: "shufflenet-v2-x1-0", inputSize: 224, inputChannels: 3, classes: classes, model: Sequential(layers))
  }

  /// Halves rows and columns: two branches that take all channels.
  private static func shuffleDownsampling(from inputs: Int, to outputs: Int) -> ShuffleUnit {
    let first = shuffleDepthwise(inputs, stride: 2) + shuffleConvolution(outputs / 2, 1)
    return ShuffleUnit([
      ("branch1", Sequential(numbered: first)), ("branch2", shuffleBranch(inputs, outputs / 2, stride: 2)),
    ])
  }

  /// Passes one half of the channels on and filters the other.
  private static func shuffleUnit(_ channels: Int) -> ShuffleUnit {
    let branch = shuffleBranch(channels / 2, channels / 2, stride: 1)
    return ShuffleUnit([
      (nil, ChannelSlice(0, of: 2)),
      ("branch2", Sequential([("split", ChannelSlice(1, of: 2))] + branch.layers)),
    ])
  }

  private static func shuffleBranch(_ inputs: Int, _ outputs: Int, stride: Extent) -> Sequential {
    Sequential(
      numbered: shuffleConvolution(outputs, 1) + shuffleDepthwise(outputs, stride: stride)
        + shuffleConvolution(outputs, 1))
  }

  private static func shuffleConvolution(_ width: Int, _ kernelSize: Int, stride: Extent = 1) -> [any Layer] {
    [
      Convolution2D(
        outputChannels: width, kernelSize: Extent(kernelSize, kernelSize), stride: stride,
        padding: Padding(kernelSize / 2, kernelSize / 2), bias: false),
      BatchNormalizationLayer(), ReLU(),
    ]
  }

  private static func shuffleDepthwise(_ width: Int, stride: Extent) -> [any Layer] {
    [
      Convolution2D(outputChannels: width, kernelSize: 3, stride: stride, padding: 1, groups: width, bias: false),
      BatchNormalizationLayer(),
    ]
  }
}
