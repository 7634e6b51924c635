/// One operation in a graph that is being differentiated, as its rule sees it: the values that it works on, and a place for
/// their deltas.
package protocol DifferentiationScope {
  /// A tensor of the graph.
  associatedtype Value

  /// The operand at a position, in the order of ``TensorOperation/operands``.
  func operand(_ index: Int) -> Value

  /// Whether an operand is the loss that the graph is differentiated from, whose own delta is 1.
  func isLoss(_ index: Int) -> Bool

  /// Whether the delta of an operand leads to a parameter. Others are not worth computing.
  func wantsDelta(of index: Int) -> Bool

  /// The delta of what the operation writes first; `nil` if the loss does not depend on it or no operand's delta is wanted.
  mutating func resultDelta() throws -> Value?

  /// Appends an operation on values of the graph.
  ///
  /// - Returns: What it writes.
  mutating func append(_ operation: TensorOperation, _ inputs: [Value]) throws -> [Value]

  /// Adds to the delta of an operand, if it is wanted.
  mutating func contribute(_ delta: Value, to index: Int)

  /// The error of an operation without a rule.
  func notDifferentiable(_ name: String) -> any Error
}

extension DifferentiationScope {
  /// Adds what an operation writes first to the delta of an operand; without the operation if that delta is not wanted.
  package mutating func contribute(_ operation: TensorOperation, _ inputs: [Value], to index: Int) throws {
    if wantsDelta(of: index), let delta = try append(operation, inputs).first { contribute(delta, to: index) }
  }
}
