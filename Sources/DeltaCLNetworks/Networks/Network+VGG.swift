import DeltaCL

extension Network {
  /// VGG-11, configuration A, for images of 224x224, with torchvision's names and initial distributions; see
  /// ``vgg16(classes:batchNormalization:)``.
  public static func vgg11(classes: Int, batchNormalization: Bool = false) -> Network {
    vgg("vgg11", classes: classes, depths: [1, 1, 2, 2, 2], batchNormalization: batchNormalization)
  }

  /// VGG-13, configuration B, for images of 224x224, with torchvision's names and initial distributions; see
  /// ``vgg16(classes:batchNormalization:)``.
  public static func vgg13(classes: Int, batchNormalization: Bool = false) -> Network {
    vgg("vgg13", classes: classes, depths: [2, 2, 2, 2, 2], batchNormalization: batchNormalization)
  }

  /// VGG-16, configuration D, for images of 224x224, with torchvision's names and initial distributions. Its adaptive
  /// pooling before the classifier does nothing at this size and is left out.
  ///
  /// Karen Simonyan and Andrew Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015.
  ///
  /// - Parameters:
  ///   - classes: The number of classes.
  ///   - batchNormalization: Whether each convolution is followed by a batch normalisation, which the paper does not have.
  public static func vgg16(classes: Int, batchNormalization: Bool = false) -> Network {
    vgg("vgg16", classes: classes, depths: [2, 2, 3, 3, 3], batchNormalization: batchNormalization)
  }

  /// VGG-19, configuration E, for images of 224x224, with torchvision's names and initial distributions; see
  /// ``vgg16(classes:batchNormalization:)``.
  public static func vgg19(classes: Int, batchNormalization: Bool = false) -> Network {
    vgg("vgg19", classes: classes, depths: [2, 2, 4, 4, 4], batchNormalization: batchNormalization)
  }

  /// The convolutions of VGG-11, configuration A, for images of 32x32, and one fully connected layer.
  public static func vgg11CIFAR(classes: Int) -> Network {
    let model: Sequential = [
      "features": vggFeatures(depths: [1, 1, 2, 2, 2], batchNormalization: false),
      "flatten": Flatten(),
      "classifier": DenseLayer(outputs: classes, initializer: .normal(deviation: 0.01)),
    ]
    return Network(name: "vgg11-cifar", inputSize: 32, inputChannels: 3, classes: classes, model: model)
  }

  private static func vgg(_ name: String, classes: Int, depths: [Int], batchNormalization: Bool) -> Network {
    func dense(_ outputs: Int) -> DenseLayer { DenseLayer(outputs: outputs, initializer: .normal(deviation: 0.01)) }
    let model: Sequential = [
      "features": vggFeatures(depths: depths, batchNormalization: batchNormalization),
      "flatten": Flatten(),
      "classifier": [
        "0": dense(4096), "1": ReLU(), "2": DropoutLayer(), "3": dense(4096), "4": ReLU(), "5": DropoutLayer(),
        "6": dense(classes),
      ] as Sequential,
    ]
    return Network(
      name: batchNormalization ? name + "-bn" : name, inputSize: 224, inputChannels: 3, classes: classes, model: model)
  }

  /// Stages of as many convolutions of 3x3 as the depths say, each with a relu, and a max pooling after each stage.
  private static func vggFeatures(depths: [Int], batchNormalization: Bool) -> Sequential {
    var layers: [any Layer] = []
    for (depth, width) in zip(depths, [64, 128, 256, 512, 512]) {
      for _ in 0..<depth {
        layers.append(Convolution2D(outputChannels: width, kernelSize: 3, padding: 1, initializer: .heFanOut))
        if batchNormalization { layers.append(BatchNormalizationLayer()) }
        layers.append(ReLU())
      }
      layers.append(MaxPooling2D(window: 2))
    }
    return Sequential(numbered: layers)
  }
}
