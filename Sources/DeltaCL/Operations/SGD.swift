/// One update of stochastic gradient descent with momentum, as PyTorch defines it:
///
///     g = gradient + weightDecay * w
///     v = momentum * v + g
///     w = w - learningRate * (nesterov ? g + momentum * v : v)
///
/// The learning rate is an operand, so that a schedule can change it from step to step.
public struct SGD: Hashable, Sendable {
  /// The number of parameters.
  public let count: Int
  /// The part of the velocity that a step keeps.
  public let momentum: Float
  /// The part of a parameter that is added to its gradient.
  public let weightDecay: Float
  /// Whether the update looks ahead along the velocity.
  public let nesterov: Bool

  /// Creates a descriptor for `count` parameters.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) where a value is negative or not finite, or Nesterov's momentum is asked
  ///   for without momentum.
  public init(count: Int, momentum: Float = 0, weightDecay: Float = 0, nesterov: Bool = false) throws(DeltaCLError) {
    self.count = count
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.nesterov = nesterov
    try Shape([count]).validate("sgd parameters")
    for (name, value) in [("momentum", momentum), ("weight decay", weightDecay)] {
      guard value.isFinite, value >= 0 else {
        throw DeltaCLError(.invalidDescriptor, "sgd: \(name) \(value) must be finite and not negative")
      }
    }
    guard !nesterov || momentum > 0 else {
      throw DeltaCLError(.invalidDescriptor, "sgd: Nesterov's momentum needs a momentum above 0")
    }
  }
}
