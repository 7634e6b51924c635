public import DeltaCL

/// Operations in the order in which they run, and the values between them. Every value is written once.
public struct Graph: Sendable {
  /// Where a value comes from.
  public enum Role: Hashable, Sendable {
    /// The images, written by the host.
    case input
    /// What the loss compares the output with, written by the host.
    case labels
    /// Kept from step to step; drawn at first from a distribution for these fans.
    case parameter(Initializer, Fans)
    /// Kept from step to step and updated by nodes instead of the optimiser, such as running statistics; initially this value.
    case statistic(Float)
    /// The number of steps that were made, an `int32`, on which random numbers depend.
    case step
    /// Written by a node.
    case computed
  }

  /// What is known of a value.
  public struct Entry: Sendable {
    /// The layer and the operand's name, such as `conv1.weight`.
    public let name: String
    /// The handle that nodes hold.
    public let value: GraphValue
    /// Where the value comes from.
    public let role: Role
    /// How PyTorch holds it; `nil` where that is not known, as for values that are no parameters or statistics.
    public let pyTorchLayout: PyTorchLayout?
  }

  /// All values; a value's index is its `id`.
  public private(set) var entries: [Entry] = []
  /// All operations, each after those whose values it reads.
  public internal(set) var nodes: [GraphNode] = []

  /// Creates an empty graph.
  public init() {}

  /// The parameters in the order in which the layers declared them.
  public var parameters: [Entry] {
    entries.filter { if case .parameter = $0.role { true } else { false } }
  }

  /// The statistics in the order in which the layers declared them.
  public var statistics: [Entry] {
    entries.filter { if case .statistic = $0.role { true } else { false } }
  }

  /// Adds a value that no node writes.
  public mutating func add(
    _ name: String, _ shape: Shape, _ elementType: ElementType = .float32, role: Role,
    pyTorchLayout: PyTorchLayout? = nil
  ) -> GraphValue {
    let value = GraphValue(id: entries.count, shape: shape, elementType: elementType)
    entries.append(Entry(name: name, value: value, role: role, pyTorchLayout: pyTorchLayout))
    return value
  }

  /// Appends an operation and adds the values that it writes.
  ///
  /// - Parameters:
  ///   - operation: The operation.
  ///   - inputs: The values that the operation reads or updates, in the order of its operands.
  ///   - label: Its name in errors and profiles.
  /// - Returns: The values written, in the order of the operation's operands and with their shapes.
  /// - Throws: ``NetworkError`` (`invalidLayer`) if the inputs are not what the operation reads or updates, or a value that
  ///   is not a statistic would be updated.
  public mutating func append(
    _ operation: TensorOperation, _ inputs: [GraphValue], label: String
  ) throws(NetworkError) -> [GraphValue] {
    let declared = operation.operands
    let taken = declared.filter { $0.access != .write }
    guard taken.count == inputs.count else {
      throw NetworkError(
        .invalidLayer,
        "\(label): a graph cannot hold \(operation.name) with \(inputs.count) inputs; it takes \(taken.count)")
    }
    for (operand, input) in zip(taken, inputs) {
      if operand.access == .update, !isStatistic(input) {
        throw NetworkError(
          .invalidLayer, "\(label): \(operation.name) would update \(operand.name), which must be a statistic")
      }
      guard operand.shape.elementCount == input.shape.elementCount, operand.elementType == input.elementType else {
        throw NetworkError(
          .invalidLayer,
          "\(label): \(operand.name) of \(operation.name) must have the shape \(operand.shape) and \(operand.elementType) "
            + "elements, not \(input.shape) and \(input.elementType)")
      }
    }
    var remaining = inputs[...]
    var written: [GraphValue] = []
    var operands: [GraphValue] = []
    for operand in declared {
      if operand.access != .write, let input = remaining.popFirst() {
        operands.append(input)
      } else {
        let output = add("\(label).\(operand.name)", operand.shape, operand.elementType, role: .computed)
        operands.append(output)
        written.append(output)
      }
    }
    nodes.append(GraphNode(operation: operation, operands: operands, label: label))
    return written
  }

  private func isStatistic(_ value: GraphValue) -> Bool {
    if case .statistic = entries[value.id].role { true } else { false }
  }
}
