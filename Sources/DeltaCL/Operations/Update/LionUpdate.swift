/// One update by the sign of a mean of gradients:
///
///     g = scale * gradient
///     w = kept * w - learningRate * sign(beta1 * m + (1 - beta1) * g)
///     m = beta2 * m + (1 - beta2) * g
///
/// Of a parameter `1 - learningRate * weightDecay` is kept.
///
/// Xiangning Chen and others, "Symbolic discovery of optimization algorithms", NeurIPS 2023, algorithm 2.
public struct LionUpdate: Hashable, Sendable {
  /// The number of parameters.
  public let count: Int
  /// The part of the moment in the mean whose sign is taken.
  public let beta1: Double
  /// The part of the moment that an update keeps.
  public let beta2: Double

  /// Creates a descriptor for `count` parameters.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if a value is impossible.
  public init(count: Int, beta1: Double = 0.9, beta2: Double = 0.99) throws(DeltaCLError) {
    self.count = count
    self.beta1 = beta1
    self.beta2 = beta2
    try Shape([count]).validate("lion parameters")
    try requireShares([("beta1", beta1), ("beta2", beta2)])
  }
}

extension LionUpdate: Operation {
  var name: String { "lion" }
  var operands: [Operand] { Operand.update(count: count, scalars: 2, state: ["firstMoment"]) }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    Reference.lion(
      self, scalars: f[0].span, scale: f[1][0], gradient: f[2].span, parameters: f[3].mutableSpan,
      firstMoment: f[4].mutableSpan)
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
    LaunchList(
      planner.update(
        self,
        ["count": .int(count), "rest1": .float(Float(1 - beta1)), "rest2": .float(Float(1 - beta2))], count: count))
  }
}

extension TensorOperation {
  /// learningRate and kept `[2]`, scale `[1]`, gradient; updates parameters and their moments.
  public static func lion(_ update: LionUpdate) -> Self { Self(update) }
}
