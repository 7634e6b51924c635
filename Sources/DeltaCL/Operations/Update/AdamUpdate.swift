/// One update by adaptive moments, as PyTorch defines it for Adam and AdamW:
///
///     g = scale * gradient + weightDecay * w
///     m = beta1 * m + (1 - beta1) * g
///     v = beta2 * v + (1 - beta2) * g^2
///     w = kept * w - stepSize * m / (correction * sqrt(v) + epsilon)
///
/// The scalars are an operand: in update `t`, counted from 1, the step size is `learningRate / (1 - beta1^t)` and the correction
/// `1 / sqrt(1 - beta2^t)`. Of a parameter 1 is kept in Adam, whose weight decay is a part of the gradient, and
/// `1 - learningRate * weightDecay` in AdamW.
///
/// Diederik P. Kingma and Jimmy Ba, "Adam: a method for stochastic optimization", ICLR 2015; Ilya Loshchilov and Frank Hutter,
/// "Decoupled weight decay regularization", ICLR 2019.
public struct AdamUpdate: Hashable, Sendable {
  /// The number of parameters.
  public let count: Int
  /// The part of the first moment that an update keeps.
  public let beta1: Double
  /// The part of the second moment that an update keeps.
  public let beta2: Double
  /// What is added to the root of the second moment.
  public let epsilon: Float
  /// The part of a parameter that is added to its gradient.
  public let weightDecay: Float

  /// Creates a descriptor for `count` parameters.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if a value is impossible.
  public init(
    count: Int, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0
  ) throws(DeltaCLError) {
    self.count = count
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    try Shape([count]).validate("adam parameters")
    try requireShares([("beta1", beta1), ("beta2", beta2)])
    try requireNonnegative([("weight decay", weightDecay)])
    try requirePositive([("epsilon", epsilon)])
  }
}

extension AdamUpdate: Operation {
  var name: String { "adam" }
  var operands: [Operand] { Operand.update(count: count, scalars: 3, state: ["firstMoment", "secondMoment"]) }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    Reference.adam(
      self, scalars: f[0].span, scale: f[1][0], gradient: f[2].span, parameters: f[3].mutableSpan,
      firstMoment: f[4].mutableSpan, secondMoment: f[5].mutableSpan)
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
    LaunchList(
      planner.update(
        self,
        [
          "count": .int(count), "rest1": .float(Float(1 - beta1)), "beta2": .float(Float(beta2)),
          "rest2": .float(Float(1 - beta2)), "epsilon": .float(epsilon), "weightDecay": .float(weightDecay),
        ], count: count))
  }
}

extension TensorOperation {
  /// stepSize, correction and kept `[3]`, scale `[1]`, gradient; updates parameters and their first and second moments.
  public static func adam(_ update: AdamUpdate) -> Self { Self(update) }
}
