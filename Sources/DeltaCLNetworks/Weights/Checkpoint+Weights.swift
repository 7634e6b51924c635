public import DeltaCL
public import DeltaCLData

extension Checkpoint {
  /// A model made of weights that another program trained.
  ///
  /// - Parameters:
  ///   - network: What the weights belong to.
  ///   - tensors: The weights by name, in this library's layout.
  ///   - normalization: What the images were normalised with.
  /// - Throws: ``NetworkError`` (`mismatchedParameters`) if the weights do not fit the network.
  public init(
    _ network: Network, tensors: [String: (shape: Shape, values: [Float])], normalization: Normalization
  ) throws {
    try ParameterLayout(network.weights(), alignment: 1).validate(tensors)
    networkName = network.name
    inputSize = network.inputSize
    inputChannels = network.inputChannels
    classNames = (0..<network.classes).map(String.init)
    datasetName = ""
    self.normalization = normalization
    epoch = 0
    step = 0
    validation = nil
    training = nil
    self.tensors = tensors
  }
}
