public import DeltaCL

/// Adaptive moments with a weight decay of its own, apart from the gradient, as `AdamUpdate` defines them.
public struct AdamW: Optimizer, Hashable {
  /// The part of the gradients' mean that an update keeps, from 0 to below 1.
  public var beta1: Double
  /// The part of their mean square that an update keeps, from 0 to below 1.
  public var beta2: Double
  /// What is added to the root of the mean square.
  public var epsilon: Float
  /// An update takes the learning rate times this much from a parameter.
  public var weightDecay: Float

  /// Creates an optimiser; its values are checked when a step is made with it.
  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0.01) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// The optimiser with its values.
  public var description: String {
    "adamw, betas \(beta1) and \(beta2), epsilon \(epsilon), weight decay \(weightDecay)"
  }

  /// The operation of `AdamUpdate`, which keeps the first and the second moment.
  public func update(count: Int) throws -> TensorOperation {
    .adam(try AdamUpdate(count: count, beta1: beta1, beta2: beta2, epsilon: epsilon))
  }

  /// The step size and the correction, which bring the moments to their expectations, and what the decay leaves of a parameter.
  public func scalars(learningRate: Float, update: Int) -> [Float] {
    Adam.corrections(learningRate: learningRate, beta1: beta1, beta2: beta2, update: update)
      + [1 - learningRate * weightDecay]
  }

  /// Throws if a value is impossible.
  public func validate() throws(TrainingError) {
    try Adam(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay).validate()
  }
}
