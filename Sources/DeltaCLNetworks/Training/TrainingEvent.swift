/// What a training run reports while it goes on.
public enum TrainingEvent: Sendable {
  /// A step is done.
  case step(TrainingProgress)
  /// The steps of an epoch, or what the step limit left of it, are done and not evaluated yet: the time to save them.
  case trained(TrainingHistory.Epoch)
  /// The epoch is evaluated on the test images.
  case epoch(TrainingHistory.Epoch)
}

/// Where a training run stands after a step.
public struct TrainingProgress: Hashable, Sendable {
  /// The step's record.
  public let step: TrainingHistory.Step
  /// The batch in its epoch, counted from 1.
  public let batch: Int
  /// The batches of an epoch.
  public let batchesPerEpoch: Int
  /// The mean loss over the epoch so far.
  public let loss: Float
  /// The share of the epoch's images so far that was classified right.
  public let accuracy: Float
  /// The images per second, over the run so far.
  public let imagesPerSecond: Double
  /// An estimate of the seconds that the remaining steps will take.
  public let secondsLeft: Double
}
