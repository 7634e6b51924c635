public import DeltaCL

/// One operation in a ``Graph`` with what it reads and writes.
public struct GraphNode: Sendable {
  /// What is computed.
  public let operation: TensorOperation
  /// In the order of the operation's `operands`.
  public let operands: [GraphValue]
  /// The name of the layer that the operation belongs to, such as `block1.conv2`.
  public let label: String

  /// The values that the operation reads.
  public var inputs: [GraphValue] { operands(.read) }
  /// The values that the operation writes.
  public var outputs: [GraphValue] { operands(.write) }

  /// The values that the operation accesses in a way.
  func operands(_ access: Operand.Access) -> [GraphValue] {
    zip(operation.operands, operands).compactMap { $0.access == access ? $1 : nil }
  }
}
