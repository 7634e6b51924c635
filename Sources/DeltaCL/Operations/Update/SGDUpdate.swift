/// One update of stochastic gradient descent with momentum, as PyTorch defines it:
///
///     g = scale * gradient + weightDecay * w
///     v = momentum * v + g
///     w = w - learningRate * (nesterov ? g + momentum * v : v)
///
/// The learning rate and the gradient's scale are operands, so that they can change from update to update.
public struct SGDUpdate: Hashable, Sendable {
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
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if a value is negative or not finite, or Nesterov's momentum is asked
  ///   for without momentum.
  public init(count: Int, momentum: Float = 0, weightDecay: Float = 0, nesterov: Bool = false) throws(DeltaCLError) {
    self.count = count
    self.momentum = momentum
    self.weightDecay = weightDecay
    self.nesterov = nesterov
    try Shape([count]).validate("sgd parameters")
    try requireNonnegative([("momentum", momentum), ("weight decay", weightDecay)])
    guard !nesterov || momentum > 0 else {
      throw DeltaCLError(.invalidDescriptor, "sgd: Nesterov's momentum needs a momentum above 0")
    }
  }
}

extension SGDUpdate: Operation {
  var name: String { "sgd" }
  var operands: [Operand] { Operand.update(count: count, scalars: 1, state: ["velocity"]) }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    Reference.sgd(
      self, learningRate: f[0][0], scale: f[1][0], gradient: f[2].span, parameters: f[3].mutableSpan,
      velocity: f[4].mutableSpan)
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
    LaunchList(
      planner.update(
        self,
        [
          "count": .int(count), "momentum": .float(momentum), "weightDecay": .float(weightDecay),
          "nesterov": .flag(nesterov),
        ], count: count))
  }
}

extension TensorOperation {
  /// learningRate `[1]`, scale `[1]`, gradient; updates parameters and velocity.
  public static func sgd(_ update: SGDUpdate) -> Self { Self(update) }
}
