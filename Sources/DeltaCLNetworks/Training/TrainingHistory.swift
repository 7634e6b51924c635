/// What a training run measured, step by step and epoch by epoch.
public struct TrainingHistory: Hashable, Sendable {
  /// One update of the parameters.
  public struct Step: Hashable, Sendable {
    /// The epoch, counted from 1.
    public let epoch: Int
    /// The step since the start of the run, counted from 1.
    public let step: Int
    /// The mean loss over the batch, before the update.
    public let loss: Float
    /// The share of the batch that was classified right, before the update.
    public let accuracy: Float

    /// Creates a record.
    public init(epoch: Int, step: Int, loss: Float, accuracy: Float) {
      self.epoch = epoch
      self.step = step
      self.loss = loss
      self.accuracy = accuracy
    }
  }

  /// One pass over the training images, or the part of it before a stop.
  public struct Epoch: Hashable, Sendable {
    /// The epoch, counted from 1.
    public let epoch: Int
    /// The last step of the epoch, counted from 1 since the start of the run.
    public let step: Int
    /// The mean loss over the images of the epoch's batches, each before its update.
    public let loss: Float
    /// The share of those images that was classified right.
    public let accuracy: Float
    /// The mean loss over the test images after the epoch; NaN until they are evaluated.
    public let testLoss: Float
    /// The share of the test images that was classified right; NaN until they are evaluated.
    public let testAccuracy: Float
    /// How long the epoch's training took, without evaluation; after a resumption, what was left of it.
    public let seconds: Double
    /// Whether the test images are evaluated.
    public var isEvaluated: Bool { testLoss.isFinite }

    /// Creates a record.
    public init(
      epoch: Int, step: Int, loss: Float, accuracy: Float, testLoss: Float, testAccuracy: Float, seconds: Double
    ) {
      self.epoch = epoch
      self.step = step
      self.loss = loss
      self.accuracy = accuracy
      self.testLoss = testLoss
      self.testAccuracy = testAccuracy
      self.seconds = seconds
    }
  }

  /// The epoch with the highest test accuracy, of equal ones that with the lowest test loss, and the first of those; `nil` if none is
  /// evaluated.
  public var bestEpoch: Epoch? {
    epochs.filter(\.isEvaluated).reduce(nil) { best, epoch in
      guard let best else { return epoch }
      return (epoch.testAccuracy, -epoch.testLoss) > (best.testAccuracy, -best.testLoss) ? epoch : best
    }
  }

  /// What is evaluated after an epoch, `test` or `validation` images: the word in front of the keys in ``jsonLines``. The figures of an
  /// ``Epoch`` are called those of the test images for both.
  public var evaluationName = "test"
  /// Every step in order.
  public var steps: [Step] = []
  /// Every epoch in order.
  public var epochs: [Epoch] = []

  /// Creates an empty history.
  public init() {}
}
