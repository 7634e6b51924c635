public import DeltaCL

/// The signs of a mean of gradients, as `LionUpdate` defines them. All parameters move by the learning rate, so it is some ten times
/// smaller than that of ``AdamW`` and the weight decay as much larger.
public struct Lion: Optimizer, Hashable {
  /// The part of the mean in what the sign is taken of, from 0 to below 1.
  public var beta1: Double
  /// The part of the gradients' mean that an update keeps, from 0 to below 1.
  public var beta2: Double
  /// An update takes the learning rate times this much from a parameter.
  public var weightDecay: Float

  /// Creates an optimiser; its values are checked when a step is made with it.
  public init(beta1: Double = 0.9, beta2: Double = 0.99, weightDecay: Float = 0) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.weightDecay = weightDecay
  }

  /// The optimiser with its values.
  public var description: String { "lion, betas \(beta1) and \(beta2), weight decay \(weightDecay)" }

  /// The operation of `LionUpdate`, which keeps the first moment.
  public func update(count: Int) throws -> TensorOperation {
    .lion(try LionUpdate(count: count, beta1: beta1, beta2: beta2))
  }

  /// The learning rate and what the decay leaves of a parameter.
  public func scalars(learningRate: Float, update: Int) -> [Float] { [learningRate, 1 - learningRate * weightDecay] }

  /// Throws if a value is impossible.
  public func validate() throws(TrainingError) {
    try TrainingError.requireShare("beta1", beta1)
    try TrainingError.requireShare("beta2", beta2)
    try TrainingError.requireWeightDecay(weightDecay)
  }
}
