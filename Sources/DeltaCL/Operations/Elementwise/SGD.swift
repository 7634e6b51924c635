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
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if a value is negative or not finite, or Nesterov's momentum is asked
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

extension SGD: Operation {
  var name: String { "sgd" }
  var operands: [Operand] {
    [
      .read("learningRate", [1]), .read("gradient", [count]), .update("parameters", [count]),
      .update("velocity", [count]),
    ]
  }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    Reference.sgd(
      self, learningRate: f[0].span, gradient: f[1].span, parameters: f[2].mutableSpan, velocity: f[3].mutableSpan)
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
    LaunchList(
      planner.elementwise(
        "sgd",
        [
          "learningRate": .operand(0), "gradient": .operand(1), "parameters": .operand(2), "velocity": .operand(3),
          "count": .int(count), "momentum": .float(momentum), "weightDecay": .float(weightDecay),
          "nesterov": .flag(nesterov),
        ], count: count))
  }
}

extension TensorOperation {
  /// learningRate `[1]`, gradient; updates parameters and velocity.
  public static func sgd(_ sgd: SGD) -> Self { Self(sgd) }
}
