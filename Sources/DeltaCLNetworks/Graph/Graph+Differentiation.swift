import DeltaCL

extension Graph {
  /// Appends the deltas and gradients of reverse-mode differentiation, from a loss back to every parameter that it depends on.
  ///
  /// The deltas of a value that several nodes read are summed in the reverse order of those nodes. Values that depend on no
  /// parameter, such as the network's input, get no delta.
  ///
  /// - Parameter loss: The loss that a loss operation of this graph wrote.
  /// - Returns: The gradient of each parameter that the loss depends on, by the parameter's id; no two are the same value.
  /// - Throws: ``NetworkError`` (`notDifferentiable`) if the loss depends on a parameter through an operation without a rule.
  public mutating func differentiate(_ loss: GraphValue) throws -> [Int: GraphValue] {
    let differentiation = Differentiation(self, loss: loss)
    let gradients = try differentiation.run()
    self = differentiation.graph
    return gradients
  }
}

private final class Differentiation {
  private(set) var graph: Graph
  let loss: GraphValue
  /// The values that depend on a parameter: those whose deltas lead somewhere.
  let wanted: Set<Int>
  private var contributions: [Int: [GraphValue]] = [:]

  init(_ graph: Graph, loss: GraphValue) {
    self.graph = graph
    self.loss = loss
    var wanted = Set(graph.parameters.map(\.value.id))
    for node in graph.nodes where node.inputs.contains(where: { wanted.contains($0.id) }) {
      wanted.formUnion(node.outputs.map(\.id))
    }
    self.wanted = wanted
  }

  func run() throws -> [Int: GraphValue] {
    for node in graph.nodes.reversed() {
      var scope = NodeScope(node: node, differentiation: self)
      try node.operation.differentiate(in: &scope)
    }
    var gradients: [Int: GraphValue] = [:]
    var taken: Set<Int> = []
    for parameter in graph.parameters {
      guard var gradient = try delta(of: parameter.value) else { continue }
      // A sum passes its delta on to both operands as it is; parameters each need a gradient of their own.
      if !taken.insert(gradient.id).inserted {
        gradient = try append(.copy(count: gradient.shape.elementCount), [gradient], parameter.name)[0]
      }
      gradients[parameter.value.id] = gradient
    }
    return gradients
  }

  /// The sum of what the readers of a value contributed; all of them have been propagated through.
  func delta(of value: GraphValue) throws -> GraphValue? {
    guard let terms = contributions[value.id], var sum = terms.first else { return nil }
    let count = value.shape.elementCount
    for term in terms.dropFirst() {
      sum = try append(.add(count: count), [sum, term], graph.entries[value.id].name)[0]
    }
    contributions[value.id] = [sum]
    return sum
  }

  func contribute(_ delta: GraphValue, to value: GraphValue) {
    if wanted.contains(value.id) { contributions[value.id, default: []].append(delta) }
  }

  func append(_ operation: TensorOperation, _ inputs: [GraphValue], _ label: String) throws -> [GraphValue] {
    try graph.append(operation, inputs, label: label)
  }
}

/// One node, for the rule of its operation.
private struct NodeScope: DifferentiationScope {
  let node: GraphNode
  let differentiation: Differentiation

  func operand(_ index: Int) -> GraphValue { node.operands[index] }

  func isLoss(_ index: Int) -> Bool { operand(index).id == differentiation.loss.id }

  func wantsDelta(of index: Int) -> Bool { differentiation.wanted.contains(operand(index).id) }

  func resultDelta() throws -> GraphValue? {
    guard node.inputs.contains(where: { differentiation.wanted.contains($0.id) }) else { return nil }
    return try node.outputs.first.flatMap { try differentiation.delta(of: $0) }
  }

  func append(_ operation: TensorOperation, _ inputs: [GraphValue]) throws -> [GraphValue] {
    try differentiation.append(operation, inputs, node.label)
  }

  func contribute(_ delta: GraphValue, to index: Int) {
    differentiation.contribute(delta, to: operand(index))
  }

  func notDifferentiable(_ name: String) -> any Error {
    NetworkError(.notDifferentiable, "layer \(node.label): \(name) has no rule for its delta")
  }
}
