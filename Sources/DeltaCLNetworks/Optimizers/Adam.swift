public import DeltaCL
import Foundation

/// Adaptive moments with an L2 penalty, as `AdamUpdate` defines them.
public struct Adam: Optimizer, Hashable {
  /// The part of the gradients' mean that an update keeps, from 0 to below 1.
  public var beta1: Double
  /// The part of their mean square that an update keeps, from 0 to below 1.
  public var beta2: Double
  /// What is added to the root of the mean square.
  public var epsilon: Float
  /// The L2 penalty: this much of a parameter is added to its gradient.
  public var weightDecay: Float

  /// Creates an optimiser; its values are checked when a step is made with it.
  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// The optimiser with its values.
  public var description: String {
    "adam, betas \(beta1) and \(beta2), epsilon \(epsilon), weight decay \(weightDecay)"
  }

  /// The operation of `AdamUpdate`, which keeps the first and the second moment.
  public func update(count: Int) throws -> TensorOperation {
    .adam(
      try AdamUpdate(count: count, beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay))
  }

  /// The step size and the correction, which bring the moments to their expectations, and all of a parameter.
  public func scalars(learningRate: Float, update: Int) -> [Float] {
    Self.corrections(learningRate: learningRate, beta1: beta1, beta2: beta2, update: update) + [1]
  }

  /// Throws if a value is impossible.
  public func validate() throws(TrainingError) {
    try TrainingError.requireShare("beta1", beta1)
    try TrainingError.requireShare("beta2", beta2)
    try TrainingError.requireEpsilon(epsilon)
    try TrainingError.requireWeightDecay(weightDecay)
  }

  /// `learningRate / (1 - beta1^update)` and `1 / sqrt(1 - beta2^update)`.
  static func corrections(learningRate: Float, beta1: Double, beta2: Double, update: Int) -> [Float] {
    let number = Double(update)
    return [
      Float(Double(learningRate) / (1 - pow(beta1, number))), Float(1 / (1 - pow(beta2, number)).squareRoot()),
    ]
  }
}
