/// How the delta of something that a ``CustomOperation`` reads follows from the delta of what it writes first.
public struct CustomDelta: Sendable {
  /// The operand whose delta it is.
  let operand: String
  let inputs: [String]
  let operation: @Sendable (CustomAxes) throws -> TensorOperation

  /// Describes a delta.
  ///
  /// - Parameters:
  ///   - operand: The operand whose delta it is; of `float32` elements and read.
  ///   - inputs: What `operation` takes: operands of the custom operation and, with a `d` before its name, the delta of what it
  ///     writes first, such as `dy`.
  ///   - operation: What computes the delta and writes it first, for the extents of the custom operation.
  public init(
    of operand: String, from inputs: [String],
    _ operation: @escaping @Sendable (CustomAxes) throws -> TensorOperation
  ) {
    self.operand = operand
    self.inputs = inputs
    self.operation = operation
  }
}
