import DeltaCL

extension Network {
  /// SqueezeNet 1.0 for images of 224x224, with torchvision's names and initial distributions.
  ///
  /// Forrest Iandola and others, "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and < 0.5 MB model size",
  /// arXiv:1602.07360, 2016.
  public static func squeezeNet1_0(classes: Int) -> Network {
    squeezeNet(
      "squeezenet1-0", classes: classes,
      [
        firstConvolution(96, 7), ReLU(), squeezeNetPooling, fire(16, 64), fire(16, 64), fire(32, 128),
        squeezeNetPooling, fire(32, 128), fire(48, 192), fire(48, 192), fire(64, 256), squeezeNetPooling, fire(64, 256),
      ])
  }

  /// SqueezeNet 1.1, which pools earlier than ``squeezeNet1_0(classes:)`` and takes 2.4 times fewer operations.
  public static func squeezeNet1_1(classes: Int) -> Network {
    squeezeNet(
      "squeezenet1-1", classes: classes,
      [
        firstConvolution(64, 3), ReLU(), squeezeNetPooling, fire(16, 64), fire(16, 64),
        squeezeNetPooling, fire(32, 128), fire(32, 128), squeezeNetPooling, fire(48, 192), fire(48, 192), fire(64, 256),
        fire(64, 256),
      ])
  }

  private static func squeezeNet(_ name: String, classes: Int, _ features: [any Layer]) -> Network {
    let model: Sequential = [
      "features": Sequential(numbered: features),
      "classifier": [
        "0": DropoutLayer(),
        "1": Convolution2D(outputChannels: classes, kernelSize: 1, initializer: .normal(deviation: 0.01)),
        "2": ReLU(), "3": GlobalAveragePooling2D(),
      ] as Sequential,
      "flatten": Flatten(),
    ]
    return Network(name: name, inputSize: 224, inputChannels: 3, classes: classes, model: model)
  }

  private static let squeezeNetPooling = MaxPooling2D(window: 3, stride: 2, ceilMode: true)

  private static func firstConvolution(_ width: Int, _ kernelSize: Extent) -> Convolution2D {
    Convolution2D(outputChannels: width, kernelSize: kernelSize, stride: 2, initializer: .heUniform)
  }

  private static func fire(_ squeezed: Int, _ width: Int) -> Fire { Fire(squeezedChannels: squeezed, width: width) }
}
