public import DeltaCL

/// What a training run needs, beside the parameters, to go on as if it had never been stopped.
public struct TrainingState: Sendable {
  /// Shapes and values by the names of parameters.
  public typealias Tensors = [String: (shape: Shape, values: [Float])]

  /// The hyper-parameters and the data, in words: a run goes on with the same ones alone.
  public let settings: [String: String]
  /// The updates that were made.
  public let updateCount: Int
  /// The batches that were run with dropout.
  public let stepNumber: Int
  /// See ``Trainer/learningRateFactor``.
  public let learningRateFactor: Float
  /// What the optimiser keeps for each parameter, by its names.
  public let optimizer: [String: Tensors]
  /// The moving averages of parameters and statistics; empty without any.
  public let averages: Tensors
  /// What the run has measured.
  public let history: TrainingHistory
}
