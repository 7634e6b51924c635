public import DeltaCL

extension Network {
  /// LeNet in its usual form: two convolutions of 20 and 50 kernels of 5x5, each with a relu and 2x2 max
  /// pooling, then fully connected layers of 500 and of as many outputs as there are classes.
  ///
  /// Yann LeCun, Léon Bottou, Yoshua Bengio and Patrick Haffner, "Gradient-based learning applied to document recognition",
  /// Proceedings of the IEEE, 1998.
  public static func leNet(classes: Int, inputSize: Extent = 28, inputChannels: Int = 1) -> Network {
    let model: Sequential = [
      "conv1": Convolution2D(outputChannels: 20, kernelSize: 5),
      "relu1": ReLU(),
      "pool1": MaxPooling2D(window: 2),
      "conv2": Convolution2D(outputChannels: 50, kernelSize: 5),
      "relu2": ReLU(),
      "pool2": MaxPooling2D(window: 2),
      "flatten": Flatten(),
      "dense1": DenseLayer(outputs: 500),
      "relu3": ReLU(),
      "dense2": DenseLayer(outputs: classes),
    ]
    return Network(
      name: "lenet", inputSize: inputSize, inputChannels: inputChannels, classes: classes, model: model)
  }
}
