public import DeltaCL

/// How gradients change parameters: ``SGD``, ``Adam``, ``AdamW``, ``RMSprop``, ``Lion`` or one of your own.
///
/// An optimiser names the operation that updates parameters and computes the few numbers that change from update to update.
/// Its description names its values too: a training is resumed with an optimiser of the same description alone.
public protocol Optimizer: Sendable, CustomStringConvertible {
  /// The operation that updates `count` parameters.
  ///
  /// Its operands are the scalars, the gradient's scale `[1]`, the gradient `[count]`, the parameters `[count]`, which it updates, and
  /// whatever it keeps for each parameter, `[count]` each, which it updates too. What is kept is 0 before the first update and has the
  /// operand's name in checkpoints.
  ///
  /// - Throws: `DeltaCLError` if the optimiser's values are out of range.
  func update(count: Int) throws -> TensorOperation

  /// The scalars, which are the operation's first operand.
  ///
  /// - Parameters:
  ///   - learningRate: The rate of this update.
  ///   - update: Its number, counted from 1.
  func scalars(learningRate: Float, update: Int) -> [Float]

  /// Throws if a value is impossible; by default none is.
  ///
  /// - Throws: ``TrainingError`` (`invalidConfiguration`) that names the value.
  func validate() throws(TrainingError)
}

extension Optimizer {
  /// Accepts all values.
  public func validate() throws(TrainingError) {}
}

extension TrainingError {
  static func require(_ holds: Bool, _ message: @autoclosure () -> String) throws(TrainingError) {
    if !holds { throw TrainingError(.invalidConfiguration, message()) }
  }

  static func requireMomentum(_ momentum: Float) throws(TrainingError) {
    try require(momentum >= 0 && momentum < 1, "the momentum must be from 0 to below 1, not \(momentum)")
  }

  static func requireWeightDecay(_ weightDecay: Float) throws(TrainingError) {
    try require(
      weightDecay.isFinite && weightDecay >= 0,
      "the weight decay must be a finite number of at least 0, not \(weightDecay)")
  }

  static func requireShare(_ name: String, _ share: Double) throws(TrainingError) {
    try require((0..<1).contains(share), "\(name) must be from 0 to below 1, not \(share)")
  }

  static func requireEpsilon(_ epsilon: Float) throws(TrainingError) {
    try require(epsilon.isFinite && epsilon > 0, "epsilon must be a finite number above 0, not \(epsilon)")
  }
}
