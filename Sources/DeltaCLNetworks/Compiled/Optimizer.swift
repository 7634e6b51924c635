/// How gradients change parameters: stochastic gradient descent as `DeltaCL.SGD` defines it.
///
/// The learning rate may change from step to step and is set on ``TrainingStep``.
public struct Optimizer: Hashable, Sendable {
  /// The part of the velocity that is kept from step to step.
  public var momentum: Float
  /// The factor of the parameters that is added to their gradients.
  public var weightDecay: Float
  /// Whether the momentum is Nesterov's, which looks one step ahead.
  public var nesterov: Bool

  /// Creates a configuration; it is checked when a step is made with it.
  public init(momentum: Float = 0, weightDecay: Float = 0, nesterov: Bool = false) {
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.nesterov = nesterov
  }
}
