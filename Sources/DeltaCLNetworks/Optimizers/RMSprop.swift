public import DeltaCL

/// Gradients over the root of their mean square, as `RMSpropUpdate` defines them.
public struct RMSprop: Optimizer, Hashable {
  /// The part of the mean square that an update keeps, from 0 to below 1.
  public var smoothing: Double
  /// What is added to the root of the mean square.
  public var epsilon: Float
  /// The share of the last update that the next keeps, from 0 to below 1.
  public var momentum: Float
  /// The L2 penalty: this much of a parameter is added to its gradient.
  public var weightDecay: Float

  /// Creates an optimiser; its values are checked when a step is made with it.
  public init(smoothing: Double = 0.99, epsilon: Float = 1e-8, momentum: Float = 0, weightDecay: Float = 0) {
    self.smoothing = smoothing
    self.epsilon = epsilon
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  /// The optimiser with its values.
  public var description: String {
    "rmsprop, smoothing \(smoothing), epsilon \(epsilon), momentum \(momentum), weight decay \(weightDecay)"
  }

  /// The operation of `RMSpropUpdate`, which keeps mean squares and velocities.
  public func update(count: Int) throws -> TensorOperation {
    .rmsprop(
      try RMSpropUpdate(
        count: count, smoothing: smoothing, epsilon: epsilon, momentum: momentum, weightDecay: weightDecay))
  }

  /// The learning rate.
  public func scalars(learningRate: Float, update: Int) -> [Float] { [learningRate] }

  /// Throws if a value is impossible.
  public func validate() throws(TrainingError) {
    try TrainingError.requireShare("the smoothing", smoothing)
    try TrainingError.requireEpsilon(epsilon)
    try TrainingError.requireMomentum(momentum)
    try TrainingError.requireWeightDecay(weightDecay)
  }
}
