public import DeltaCLData

/// The hyper-parameters of a training run by stochastic gradient descent.
public struct TrainingConfiguration: Hashable, Sendable {
  /// How often every training image is seen.
  public var epochs = 5
  /// The steps after which to stop, however many epochs that makes; `nil` for no limit.
  public var maxSteps: Int?
  /// The images of a step; the last step of an epoch takes what is left.
  public var batchSize = 64
  /// What a gradient is multiplied with in an update.
  public var learningRate: Float = 0.02
  /// The share of the last update that the next keeps, from 0 to below 1.
  public var momentum: Float = 0.9
  /// The L2 penalty: this much of a parameter is added to its gradient.
  public var weightDecay: Float = 0
  /// Whether momentum looks ahead, as Nesterov's does.
  public var nesterov = false
  /// How training images are varied at random.
  public var augmentations: Set<Augmentation> = []
  /// What initial weights, the order of batches and augmentations are drawn from.
  public var seed: UInt64 = 1
  /// Whether each epoch sees the images in an order of its own rather than in that of the data set.
  public var shuffles = true

  /// Creates the default configuration.
  public init() {}

  /// Throws if a value is impossible.
  ///
  /// - Throws: ``TrainingError`` (`invalidConfiguration`) that names the value.
  public func validate() throws(TrainingError) {
    for (name, value) in [("epochs", epochs), ("maximum of steps", maxSteps ?? 1), ("batch size", batchSize)] {
      try require(value >= 1, "the \(name) must be at least 1, not \(value)")
    }
    try require(
      learningRate.isFinite && learningRate > 0,
      "the learning rate must be a finite number above 0, not \(learningRate)")
    try require(momentum >= 0 && momentum < 1, "the momentum must be from 0 to below 1, not \(momentum)")
    try require(
      weightDecay.isFinite && weightDecay >= 0,
      "the weight decay must be a finite number of at least 0, not \(weightDecay)")
    try require(!nesterov || momentum > 0, "Nesterov's momentum needs a momentum above 0")
  }

  private func require(_ holds: Bool, _ message: @autoclosure () -> String) throws(TrainingError) {
    if !holds { throw TrainingError(.invalidConfiguration, message()) }
  }
}
