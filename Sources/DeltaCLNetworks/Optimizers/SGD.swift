public import DeltaCL

/// Stochastic gradient descent with momentum, as `SGDUpdate` defines it.
public struct SGD: Optimizer, Hashable {
  /// The share of the last update that the next keeps, from 0 to below 1.
  public var momentum: Float
  /// The L2 penalty: this much of a parameter is added to its gradient.
  public var weightDecay: Float
  /// Whether the momentum is Nesterov's, which looks one step ahead.
  public var nesterov: Bool

  /// Creates an optimiser; its values are checked when a step is made with it.
  public init(momentum: Float = 0, weightDecay: Float = 0, nesterov: Bool = false) {
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.nesterov = nesterov
  }

  /// The optimiser with its values.
  public var description: String {
    "sgd, momentum \(momentum)\(nesterov ? " of Nesterov" : ""), weight decay \(weightDecay)"
  }

  /// The operation of `SGDUpdate`, which keeps velocities.
  public func update(count: Int) throws -> TensorOperation {
    .sgd(try SGDUpdate(count: count, momentum: momentum, weightDecay: weightDecay, nesterov: nesterov))
  }

  /// The learning rate.
  public func scalars(learningRate: Float, update: Int) -> [Float] { [learningRate] }

  /// Throws if a value is impossible.
  public func validate() throws(TrainingError) {
    try TrainingError.requireMomentum(momentum)
    try TrainingError.requireWeightDecay(weightDecay)
    try TrainingError.require(!nesterov || momentum > 0, "Nesterov's momentum needs a momentum above 0")
  }
}
