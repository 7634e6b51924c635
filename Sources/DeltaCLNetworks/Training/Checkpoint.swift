public import DeltaCL
public import DeltaCLData
import Foundation

/// A trained network as a file: float32 tensors such as `conv1.weight` in the safetensors format, with what is needed to use them in
/// the file's metadata.
public struct Checkpoint: Sendable {
  /// The name that ``Network/named(_:classes:)`` knows.
  public let networkName: String
  /// Rows and columns of the images that the network takes.
  public let inputSize: Extent
  /// Channels of these images.
  public let inputChannels: Int
  /// The name of each class, by label.
  public let classNames: [String]
  /// The data set that the network was trained on.
  public let datasetName: String
  /// What pixels from 0 to 1 are normalised with.
  public let normalization: Normalization
  /// How the data set was parted for training; `nil` if it comes in parts.
  public let validation: ValidationSplit?
  /// The epoch that the training had reached.
  public let epoch: Int
  /// The steps that the training had made.
  public let step: Int
  /// The parameters and statistics by name.
  public let tensors: [String: (shape: Shape, values: [Float])]
  /// What a run needs beside the tensors to go on; `nil` for a model alone.
  public let training: TrainingState?

  /// Takes the values of `parameters` as they are.
  ///
  /// - Throws: What the backend throws if they cannot be read.
  public init(
    _ network: Network, _ parameters: Parameters, classNames: [String], datasetName: String,
    normalization: Normalization, epoch: Int, step: Int, validation: ValidationSplit? = nil,
    training: TrainingState? = nil
  ) throws {
    networkName = network.name
    inputSize = network.inputSize
    inputChannels = network.inputChannels
    // A data set may have fewer classes than the network tells apart; the file names them all.
    self.classNames = classNames + (min(classNames.count, network.classes)..<network.classes).map(String.init)
    self.datasetName = datasetName
    self.normalization = normalization
    self.validation = validation
    self.epoch = epoch
    self.step = step
    self.training = training
    tensors = Dictionary(
      try parameters.all().map { ($0.name, (shape: $0.shape, values: $0.values)) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The network that the tensors belong to, for the images that it was trained on.
  ///
  /// - Throws: ``NetworkError`` for a name that is not known here; ``TrainingError`` (`modelMismatch`) if the network of that name
  ///   takes other channels.
  public func network() throws -> Network {
    let network = try Network.named(networkName, classes: classNames.count)
    guard network.inputChannels == inputChannels else {
      throw TrainingError(
        .modelMismatch,
        "the model takes images of \(inputSize)x\(inputChannels) and \(networkName) takes \(network.inputSize)x"
          + "\(network.inputChannels): use the version that wrote it")
    }
    return network.resized(to: inputSize)
  }

  /// The parameters on a backend.
  ///
  /// - Throws: ``NetworkError`` (`mismatchedParameters`) if the tensors do not fit `network`; what the backend throws.
  public func parameters(of network: Network, on backend: any Backend) throws -> Parameters {
    try Parameters(network, tensors: tensors, on: backend)
  }
}
