import DeltaCL

extension Network {
  /// AlexNet in its form for one device, for images of 224x224, with torchvision's names and initial distributions.
  /// Its adaptive pooling before the classifier does nothing at this size and is left out.
  ///
  /// Alex Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014.
  public static func alexNet(classes: Int) -> Network {
    func convolution(_ width: Int, _ kernelSize: Extent, stride: Extent = 1, padding: Padding) -> Convolution2D {
      Convolution2D(outputChannels: width, kernelSize: kernelSize, stride: stride, padding: padding)
    }
    let pooling = MaxPooling2D(window: 3, stride: 2)
    let model: Sequential = [
      "features": [
        "0": convolution(64, 11, stride: 4, padding: 2), "1": ReLU(), "2": pooling,
        "3": convolution(192, 5, padding: 2), "4": ReLU(), "5": pooling,
        "6": convolution(384, 3, padding: 1), "7": ReLU(),
        "8": convolution(256, 3, padding: 1), "9": ReLU(),
        "10": convolution(256, 3, padding: 1), "11": ReLU(), "12": pooling,
      ] as Sequential,
      "flatten": Flatten(),
      "classifier": [
        "0": DropoutLayer(), "1": DenseLayer(outputs: 4096), "2": ReLU(),
        "3": DropoutLayer(), "4": DenseLayer(outputs: 4096), "5": ReLU(),
        "6": DenseLayer(outputs: classes),
      ] as Sequential,
    ]
    return Network(name: "alexnet", inputSize: 224, inputChannels: 3, classes: classes, model: model)
  }
}
