/// What stops a training run, an evaluation or the loading of a model, in one line.
public struct TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure, for programs that react to it.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code's name, such as `diverged`.
    public let description: String

    /// A hyper-parameter is impossible: a batch of 0, a learning rate that is NaN.
    public static let invalidConfiguration = Code(description: "invalidConfiguration")
    /// The loss became infinite or NaN.
    public static let diverged = Code(description: "diverged")
    /// A model file's tensors do not fit the network.
    public static let modelMismatch = Code(description: "modelMismatch")
    /// A file is not a model that this library wrote: its metadata is missing or damaged.
    public static let malformedModel = Code(description: "malformedModel")
    /// A file's weights are infinite or NaN.
    public static let notFinite = Code(description: "notFinite")
    /// A run cannot go on from a checkpoint: the checkpoint holds no training, or data or hyper-parameters are others.
    public static let unsuitableCheckpoint = Code(description: "unsuitableCheckpoint")
    /// It is not known in which order of axes a file holds its weights.
    public static let unknownLayout = Code(description: "unknownLayout")
    /// A data set cannot be used with a network: too many classes, no images.
    public static let unsuitableDataset = Code(description: "unsuitableDataset")
  }

  /// The kind of failure.
  public let code: Code
  /// What went wrong, with the values, and what to do.
  public let message: String

  /// The message.
  public var description: String { message }

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}
