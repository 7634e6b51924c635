import DeltaCL

extension Network {
  /// ResNet-18 for images of 224x224, with torchvision's names and initial distributions.
  ///
  /// Kaiming He, Xiangyu Zhang, Shaoqing Ren and Jian Sun, "Deep residual learning for image recognition", CVPR 2016.
  public static func resNet18(classes: Int) -> Network {
    resNet("resnet18", classes: classes, depths: [2, 2, 2, 2], expansion: 1) { width, stride in
      [
        "conv1": resNetConvolution(width, 3, stride: stride, padding: 1), "bn1": BatchNormalizationLayer(),
        "relu1": ReLU(),
        "conv2": resNetConvolution(width, 3, padding: 1), "bn2": BatchNormalizationLayer(),
      ]
    }
  }

  /// ResNet-50 for images of 224x224, with torchvision's names and initial distributions; strides are in the 3x3 convolutions.
  public static func resNet50(classes: Int) -> Network {
    resNet("resnet50", classes: classes, depths: [3, 4, 6, 3], expansion: 4) { width, stride in
      [
        "conv1": resNetConvolution(width, 1), "bn1": BatchNormalizationLayer(), "relu1": ReLU(),
        "conv2": resNetConvolution(width, 3, stride: stride, padding: 1), "bn2": BatchNormalizationLayer(),
        "relu2": ReLU(),
        "conv3": resNetConvolution(4 * width, 1), "bn3": BatchNormalizationLayer(),
      ]
    }
  }

  /// - Parameters:
  ///   - depths: The blocks of each stage.
  ///   - expansion: The channels of a block's output over its width.
  ///   - body: The layers that a block adds to its shortcut, for a width and a stride.
  private static func resNet(
    _ name: String, classes: Int, depths: [Int], expansion: Int, body: (_ width: Int, _ stride: Extent) -> Sequential
  ) -> Network {
    var layers: [(name: String, layer: any Layer)] = [
      ("conv1", resNetConvolution(64, 7, stride: 2, padding: 3)), ("bn1", BatchNormalizationLayer()), ("relu", ReLU()),
      ("maxpool", MaxPooling2D(window: 3, stride: 2, padding: 1)),
    ]
    var channels = 64
    for (stage, depth) in depths.enumerated() {
      let width = 64 << stage
      let blocks = (0..<depth).map { index -> any Layer in
        let stride: Extent = stage > 0 && index == 0 ? 2 : 1
        let changesShape = stride != 1 || channels != width * expansion
        channels = width * expansion
        let downsample: Sequential = [
          "0": resNetConvolution(channels, 1, stride: stride), "1": BatchNormalizationLayer(),
        ]
        return Residual(
          body(width, stride), shortcut: changesShape ? downsample : nil, shortcutName: "downsample", activation: .relu)
      }
      layers.append(("layer\(stage + 1)", Sequential(numbered: blocks)))
    }
    layers += [("avgpool", GlobalAveragePooling2D()), ("flatten", Flatten()), ("fc", DenseLayer(outputs: classes))]
    return Network(name: name, inputSize: 224, inputChannels: 3, classes: classes, model: Sequential(layers))
  }

  private static func resNetConvolution(
    _ width: Int, _ kernelSize: Extent, stride: Extent = 1, padding: Padding = 0
  ) -> Convolution2D {
    Convolution2D(
      outputChannels: width, kernelSize: kernelSize, stride: stride, padding: padding, bias: false,
      initializer: .heFanOut)
  }
}
