import DeltaCL

extension Graph {
  /// Computes chains of formulas for each element in one pass over memory, as far as nothing else reads the values between them.
  ///
  /// Sums, activations and their deltas are taken in where an operation with a formula is beside them; among themselves they
  /// have kernels of their own.
  mutating func fuseExpressions(keeping kept: Set<Int>) {
    var readerCounts: [Int: Int] = [:]
    for node in nodes {
      for input in node.operands(.read) + node.operands(.update) { readerCounts[input.id, default: 0] += 1 }
    }
    for id in kept { readerCounts[id, default: 0] += 1 }
    var fused: [GraphNode?] = nodes
    var writers: [Int: Int] = [:]
    for (index, node) in nodes.enumerated() {
      var current = node
      var position = 0
      // Inputs that a formula brings along are looked at in their turn.
      while position < current.inputs.count {
        let value = current.inputs[position]
        guard readerCounts[value.id] == 1, let writer = writers[value.id], let producer = fused[writer],
          let merged = merging(producer, into: current, at: position)
        else {
          position += 1
          continue
        }
        for input in producer.inputs + current.inputs { readerCounts[input.id, default: 0] -= 1 }
        for input in merged.inputs { readerCounts[input.id, default: 0] += 1 }
        fused[writer] = nil
        current = merged
        position = 0
      }
      fused[index] = current
      for output in current.outputs { writers[output.id] = index }
    }
    nodes = fused.compactMap { $0 }
  }

  /// The node that computes both, of which the first writes what the second reads at a position; `nil` if they are no formulas,
  /// or not of the same number of elements.
  private func merging(_ producer: GraphNode, into node: GraphNode, at position: Int) -> GraphNode? {
    let kinds = [producer, node].map { $0.operation.as(TensorOperation.Elementwise.self) }
    guard kinds.contains(where: { $0 != nil }), let inner = producer.operation.expression,
      let outer = node.operation.expression, let result = node.outputs.first, let value = producer.outputs.first,
      value.shape.elementCount == result.shape.elementCount,
      // A statistic may have changed where the second node runs.
      producer.inputs.allSatisfy({ isConstant($0) })
    else { return nil }
    // Operations without a formula of their own have flat operands, which are seen in the other's shape.
    let shape = kinds[1]?.shape ?? kinds[0]?.shape ?? result.shape
    if let own = kinds[0]?.shape, own != shape { return nil }
    var inputs: [GraphValue] = []
    var shapes: [Shape] = []
    func input(_ value: GraphValue, _ own: Shape?) -> ElementwiseExpression {
      let seen = own ?? shape
      let known = inputs.indices.first { inputs[$0].id == value.id && shapes[$0] == seen }
      if known == nil {
        inputs.append(value)
        shapes.append(seen)
      }
      return .input(known ?? inputs.count - 1)
    }
    let replacement = inner.substituting { input(producer.inputs[$0], kinds[0]?.inputs[$0]) }
    let expression = outer.substituting { index in
      index == position ? replacement : input(node.inputs[index], kinds[1]?.inputs[index])
    }
    // Kernels have a limit to their arguments.
    guard let operation = try? TensorOperation.elementwise(expression, inputs: shapes, broadcastTo: shape) else {
      return nil
    }
    return GraphNode(operation: operation, operands: inputs + [result], label: node.label)
  }

  private func isConstant(_ value: GraphValue) -> Bool {
    if case .statistic = entries[value.id].role { false } else { true }
  }
}
