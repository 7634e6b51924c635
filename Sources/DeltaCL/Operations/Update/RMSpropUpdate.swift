/// One update by gradients over the root of their mean square, as PyTorch defines it:
///
///     g = scale * gradient + weightDecay * w
///     s = smoothing * s + (1 - smoothing) * g^2
///     v = momentum * v + g / (sqrt(s) + epsilon)
///     w = w - learningRate * v
///
/// Tijmen Tieleman and Geoffrey Hinton, "Lecture 6.5 - rmsprop", Coursera: Neural networks for machine learning, 2012.
public struct RMSpropUpdate: Hashable, Sendable {
  /// The number of parameters.
  public let count: Int
  /// The part of the mean square that an update keeps; PyTorch's alpha.
  public let smoothing: Double
  /// What is added to the root of the mean square.
  public let epsilon: Float
  /// The part of the velocity that an update keeps.
  public let momentum: Float
  /// The part of a parameter that is added to its gradient.
  public let weightDecay: Float

  /// Creates a descriptor for `count` parameters.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if a value is impossible.
  public init(
    count: Int, smoothing: Double = 0.99, epsilon: Float = 1e-8, momentum: Float = 0, weightDecay: Float = 0
  ) throws(DeltaCLError) {
    self.count = count
    self.smoothing = smoothing
    self.epsilon = epsilon
    self.momentum = momentum
    self.weightDecay = weightDecay
    try Shape([count]).validate("rmsprop parameters")
    try requireShares([("smoothing", smoothing)])
    try requireNonnegative([("momentum", momentum), ("weight decay", weightDecay)])
    try requirePositive([("epsilon", epsilon)])
  }
}

extension RMSpropUpdate: Operation {
  var name: String { "rmsprop" }
  var operands: [Operand] { Operand.update(count: count, scalars: 1, state: ["squareAverage", "velocity"]) }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    Reference.rmsprop(
      self, learningRate: f[0][0], scale: f[1][0], gradient: f[2].span, parameters: f[3].mutableSpan,
      squareAverage: f[4].mutableSpan, velocity: f[5].mutableSpan)
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
    LaunchList(
      planner.update(
        self,
        [
          "count": .int(count), "smoothing": .float(Float(smoothing)), "rest": .float(Float(1 - smoothing)),
          "epsilon": .float(epsilon), "momentum": .float(momentum), "weightDecay": .float(weightDecay),
        ], count: count))
  }
}

extension TensorOperation {
  /// learningRate `[1]`, scale `[1]`, gradient; updates parameters, the mean squares of their gradients and their velocities.
  public static func rmsprop(_ update: RMSpropUpdate) -> Self { Self(update) }
}
