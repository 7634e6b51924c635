import DeltaCL

extension Network {
  /// VGG-16, configuration D, for images of 224x224, with torchvision's names and initial distributions. Its adaptive
  /// pooling before the classifier does nothing at this size and is left out.
  ///
  /// Karen Simonyan and Andrew Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015.
  public static func vgg16(classes: Int) -> Network {
    func dense(_ outputs: Int) -> DenseLayer { DenseLayer(outputs: outputs, initializer: .normal(deviation: 0.01)) }
    let model: Sequential = [
      "features": vggFeatures([[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]]),
      "flatten": Flatten(),
      "classifier": [
        "0": dense(4096), "1": ReLU(), "2": DropoutLayer(), "3": dense(4096), "4": ReLU(), "5": DropoutLayer(),
        "6": dense(classes),
      ] as Sequential,
    ]
    return Network(name: "vgg16", inputSize: 224, inputChannels: 3, classes: classes, model: model)
  }

  /// The convolutions of VGG-11, configuration A, for images of 32x32, and one fully connected layer.
  public static func vgg11CIFAR(classes: Int) -> Network {
    let model: Sequential = [
      "features": vggFeatures([[64], [128], [256, 256], [512, 512], [512, 512]]),
      "flatten": Flatten(),
      "classifier": DenseLayer(outputs: classes, initializer: .normal(deviation: 0.01)),
    ]
    return Network(name: "vgg11-cifar", inputSize: 32, inputChannels: 3, classes: classes, model: model)
  }

  /// Convolutions of 3x3 of the given widths, each with a relu, and a max pooling after each stage.
  private static func vggFeatures(_ stages: [[Int]]) -> Sequential {
    var layers: [any Layer] = []
    for stage in stages {
      for width in stage {
        layers.append(Convolution2D(outputChannels: width, kernelSize: 3, padding: 1, initializer: .heFanOut))
        layers.append(ReLU())
      }
      layers.append(MaxPooling2D(window: 2))
    }
    return Sequential(numbered: layers)
  }
}
