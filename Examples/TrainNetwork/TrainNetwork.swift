import DeltaCL
import DeltaCLData
import DeltaCLNetworks

/// Trains a small residual network on the digits that are part of the package, and prints its test accuracy.
@main
struct TrainNetworkExample {
  static func main() throws {
    let model: Sequential = [
      "conv1": Convolution2D(outputChannels: 16, kernelSize: 3, padding: 1, initializer: .he),
      "relu1": ReLU(),
      "block": Residual(
        Sequential([
          ("conv", Convolution2D(outputChannels: 16, kernelSize: 3, padding: 1, initializer: .he)),
          ("relu", ReLU()),
        ])),
      "pool": MaxPooling2D(window: 2),
      "flatten": Flatten(),
      "dense": DenseLayer(outputs: 10),
    ]
    let network = Network(name: "small", inputSize: 8, inputChannels: 1, classes: 10, model: model)

    var configuration = TrainingConfiguration()
    configuration.epochs = 3
    configuration.batchSize = 32

    let trainer = try Trainer(network, Dataset.load("digits"), configuration, on: Backends.current)
    _ = try trainer.run { event in
      if case .epoch(let epoch) = event {
        print("epoch \(epoch.epoch): test accuracy \(epoch.testAccuracy)")
      }
    }
  }
}
