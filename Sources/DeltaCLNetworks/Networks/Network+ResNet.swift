import DeltaCL

extension Network {
  /// ResNet-18 for images of 224x224, with torchvision's names and initial distributions.
  ///
  /// Kaiming He, Xiangyu Zhang, Shaoqing Ren and Jian Sun, "Deep residual learning for image recognition", CVPR 2016.
  public static func resNet18(classes: Int) -> Network {
    basicResNet("resnet18", classes: classes, depths: [2, 2, 2, 2])
  }

  /// ResNet-34 for images of 224x224, with torchvision's names and initial distributions; see ``resNet18(classes:)``.
  public static func resNet34(classes: Int) -> Network {
    basicResNet("resnet34", classes: classes, depths: [3, 4, 6, 3])
  }

  /// ResNet-50 for images of 224x224, with torchvision's names and initial distributions; strides are in the 3x3 convolutions.
  public static func resNet50(classes: Int) -> Network {
    bottleneckResNet("resnet50", classes: classes, depths: [3, 4, 6, 3])
  }

  /// ResNet-101 for images of 224x224, with torchvision's names and initial distributions; see ``resNet50(classes:)``.
  public static func resNet101(classes: Int) -> Network {
    bottleneckResNet("resnet101", classes: classes, depths: [3, 4, 23, 3])
  }

  /// ResNet-152 for images of 224x224, with torchvision's names and initial distributions; see ``resNet50(classes:)``.
  public static func resNet152(classes: Int) -> Network {
    bottleneckResNet("resnet152", classes: classes, depths: [3, 8, 36, 3])
  }

  /// ResNet-50 with twice the channels in its 3x3 convolutions, for images of 224x224, with torchvision's names and initial
  /// distributions.
  ///
  /// Sergey Zagoruyko and Nikos Komodakis, "Wide residual networks", BMVC 2016.
  public static func wideResNet50(classes: Int) -> Network {
    bottleneckResNet("wide-resnet50-2", classes: classes, depths: [3, 4, 6, 3], groupWidth: 128)
  }

  /// ResNet-101 with twice the channels in its 3x3 convolutions; see ``wideResNet50(classes:)``.
  public static func wideResNet101(classes: Int) -> Network {
    bottleneckResNet("wide-resnet101-2", classes: classes, depths: [3, 4, 23, 3], groupWidth: 128)
  }

  /// ResNeXt-50 with 32 groups of 4 channels, for images of 224x224, with torchvision's names and initial distributions.
  ///
  /// Saining Xie, Ross Girshick, Piotr Dollár, Zhuowen Tu and Kaiming He, "Aggregated residual transformations for deep neural
  /// networks", CVPR 2017.
  public static func resNeXt50(classes: Int) -> Network {
    bottleneckResNet("resnext50-32x4d", classes: classes, depths: [3, 4, 6, 3], groups: 32, groupWidth: 4)
  }

  /// ResNeXt-101 with 32 groups of 8 channels; see ``resNeXt50(classes:)``.
  public static func resNeXt101(classes: Int) -> Network {
    bottleneckResNet("resnext101-32x8d", classes: classes, depths: [3, 4, 23, 3], groups: 32, groupWidth: 8)
  }

  /// Blocks of two 3x3 convolutions.
  private static func basicResNet(_ name: String, classes: Int, depths: [Int]) -> Network {
    resNet(name, classes: classes, depths: depths, expansion: 1) { width, stride in
      [
        "conv1": resNetConvolution(width, 3, stride: stride, padding: 1), "bn1": BatchNormalizationLayer(),
        "relu1": ReLU(),
        "conv2": resNetConvolution(width, 3, padding: 1), "bn2": BatchNormalizationLayer(),
      ]
    }
  }

  /// Blocks of a 3x3 convolution between two of 1x1.
  ///
  /// - Parameters:
  ///   - depths: The blocks of each stage.
  ///   - groups: The groups of the 3x3 convolutions.
  ///   - groupWidth: The channels of a group in the first stage, whose blocks have a width of 64.
  private static func bottleneckResNet(
    _ name: String, classes: Int, depths: [Int], groups: Int = 1, groupWidth: Int = 64
  ) -> Network {
    resNet(name, classes: classes, depths: depths, expansion: 4) { width, stride in
      let inner = width * groupWidth / 64 * groups
      return [
        "conv1": resNetConvolution(inner, 1), "bn1": BatchNormalizationLayer(), "relu1": ReLU(),
        "conv2": resNetConvolution(inner, 3, stride: stride, padding: 1, groups: groups),
        "bn2": BatchNormalizationLayer(), "relu2": ReLU(),
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
    _ width: Int, _ kernelSize: Extent, stride: Extent = 1, padding: Padding = 0, groups: Int = 1
  ) -> Convolution2D {
    Convolution2D(
      outputChannels: width, kernelSize: kernelSize, stride: stride, padding: padding, groups: groups, bias: false,
      initializer: .heFanOut)
  }
}
