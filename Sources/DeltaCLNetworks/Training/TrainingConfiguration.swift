public import DeltaCLData

/// The hyper-parameters of a training run.
public struct TrainingConfiguration: Sendable {
  /// How often every training image is seen.
  public var epochs = 5
  /// The steps after which to stop, however many epochs that makes; `nil` for no limit.
  public var maxSteps: Int?
  /// The images of a batch; the last batch of an epoch takes what is left.
  public var batchSize = 64
  /// The batches of a step, whose gradients are averaged; the last step of an epoch takes what is left.
  public var accumulation = 1
  /// The share of each label that is spread over all classes, from 0 to below 1.
  public var labelSmoothing: Float = 0
  /// How gradients change parameters.
  public var optimizer: any Optimizer = SGD(momentum: 0.9)
  /// What the optimiser's update is multiplied with.
  public var learningRate: Float = 0.02
  /// How the learning rate changes over the run.
  public var schedule = LearningRateSchedule()
  /// How large gradients may be.
  public var clipping = GradientClipping()
  /// What a moving average of the weights keeps of itself in a step, from 0 to below 1; the averages are what is evaluated and saved as the
  /// model. `nil` for none.
  public var averageDecay: Float?
  /// The epochs in a row without a better evaluation after which to stop; `nil` for no such stop.
  public var patience: Int?
  /// The share of the training images, the same of each class, that is set apart for the evaluations, above 0 and below 1; `nil` to
  /// evaluate with the test images.
  public var validationShare: Double?
  /// How training images are varied at random.
  public var augmentations: Set<Augmentation> = []
  /// What initial weights, the order of batches, dropout, augmentations and the images to validate with are drawn from.
  public var seed: UInt64 = 1
  /// Whether each epoch sees the images in an order of its own rather than in that of the data set.
  public var shuffles = true

  /// Creates the default configuration.
  public init() {}

  /// Throws if a value is impossible.
  ///
  /// - Throws: ``TrainingError`` (`invalidConfiguration`) that names the value.
  public func validate() throws(TrainingError) {
    let counts = [
      ("epochs", epochs), ("maximum of steps", maxSteps ?? 1), ("batch size", batchSize),
      ("batches to accumulate", accumulation), ("patience", patience ?? 1),
    ]
    for (name, value) in counts {
      try TrainingError.require(value >= 1, "the \(name) must be at least 1, not \(value)")
    }
    try TrainingError.require(
      learningRate.isFinite && learningRate > 0,
      "the learning rate must be a finite number above 0, not \(learningRate)")
    try TrainingError.requireShare("the label smoothing", Double(labelSmoothing))
    if let validationShare {
      try TrainingError.require(
        validationShare > 0 && validationShare < 1,
        "the validation split must be above 0 and below 1, not \(validationShare)")
    }
    try optimizer.validate()
    try schedule.validate()
    try clipping.validate()
    if let averageDecay {
      try TrainingError.requireShare("the decay of the weights' average (ema)", Double(averageDecay))
    }
  }
}
