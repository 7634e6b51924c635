import DeltaCL

extension Graph {
  /// Appends the deltas and gradients of reverse-mode differentiation, from a loss back to every parameter that it depends on.
  ///
  /// The deltas of a value that several nodes read are summed in the reverse order of those nodes. Values that depend on no
  /// parameter, such as the network's input, get no delta.
  ///
  /// - Parameter loss: The loss that a loss operation of this graph wrote.
  /// - Returns: The gradient of each parameter that the loss depends on, by the parameter's id; no two are the same value.
  /// - Throws: ``NetworkError`` (`notDifferentiable`) where the loss depends on a parameter through an operation without a rule.
  public mutating func differentiate(_ loss: GraphValue) throws -> [Int: GraphValue] {
    var differentiation = Differentiation(self, loss: loss)
    let gradients = try differentiation.run()
    self = differentiation.graph
    return gradients
  }
}

private struct Differentiation {
  private(set) var graph: Graph
  private let loss: GraphValue
  /// The values that depend on a parameter: those whose deltas lead somewhere.
  private let wanted: Set<Int>
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

  mutating func run() throws -> [Int: GraphValue] {
    for node in graph.nodes.reversed() {
      try propagate(through: node)
    }
    var gradients: [Int: GraphValue] = [:]
    var taken: Set<Int> = []
    for parameter in graph.parameters {
      guard var gradient = try delta(of: parameter.value) else { continue }
      // A sum hands its delta to both operands as it is; parameters each need a gradient of their own.
      if !taken.insert(gradient.id).inserted {
        gradient = try append(.copy(count: gradient.shape.elementCount), [gradient], parameter.name)
      }
      gradients[parameter.value.id] = gradient
    }
    return gradients
  }

  /// The rule of each operation: from the delta of what it wrote to the deltas of what it read.
  private mutating func propagate(through node: GraphNode) throws {
    let operands = node.operands
    func write(_ index: Int) -> GraphValue { node.outputs[index] }

    switch node.operation {
    case .softmaxCrossEntropy, .meanSquaredError:
      if write(0).id == loss.id { contribute(write(1), to: operands[0]) }
      return
    case .correctPredictions, .fill:
      return
    default:
      break
    }
    guard node.inputs.contains(where: { wanted.contains($0.id) }), let dy = try delta(of: write(0)) else { return }

    switch node.operation {
    case .convolution(let convolution, let bias):
      try contribute(.convolutionGradient(convolution), [operands[0], dy], to: operands[1], node.label)
      if bias {
        let rows = convolution.batch * convolution.outputSize.rows * convolution.outputSize.columns
        try contribute(
          .biasGradient(rows: rows, channels: convolution.outputChannels), [dy], to: operands[2], node.label)
      }
      try contribute(.convolutionDelta(convolution), [dy, operands[1]], to: operands[0], node.label)
    case .dense(let dense, let bias):
      try contribute(.denseGradient(dense), [operands[0], dy], to: operands[1], node.label)
      if bias {
        try contribute(
          .biasGradient(rows: dense.batch, channels: dense.outputs), [dy], to: operands[2], node.label)
      }
      try contribute(.denseDelta(dense), [dy, operands[1]], to: operands[0], node.label)
    case .maxPooling(let pooling):
      try contribute(.maxPoolingDelta(pooling), [dy, write(1)], to: operands[0], node.label)
    case .averagePooling(let pooling):
      try contribute(.averagePoolingDelta(pooling), [dy], to: operands[0], node.label)
    case .activation(let function, let count):
      try contribute(.activationDelta(function, count: count), [write(0), dy], to: operands[0], node.label)
    case .batchNormalization(let normalization):
      let deltas = try graph.append(
        .batchNormalizationDelta(normalization), [operands[0], dy, operands[1], write(1), write(2), write(3)],
        label: node.label)
      for (delta, value) in zip(deltas, operands) { contribute(delta, to: value) }
    case .dropout(let dropout):
      try contribute(.dropout(dropout), [dy, operands[1]], to: operands[0], node.label)
    case .softmax(let rows, let classes):
      try contribute(.softmaxDelta(rows: rows, classes: classes), [write(0), dy], to: operands[0], node.label)
    case .add:
      contribute(dy, to: operands[0])
      contribute(dy, to: operands[1])
    case .scale(let count, let factor):
      try contribute(.scale(count: count, factor: factor), [dy], to: operands[0], node.label)
    case .copy:
      contribute(dy, to: operands[0])
    default:
      throw NetworkError(.notDifferentiable, "layer \(node.label): \(node.operation.name) has no rule for its delta")
    }
  }

  /// The sum of what the readers of a value contributed; all of them have been propagated through.
  private mutating func delta(of value: GraphValue) throws -> GraphValue? {
    guard let terms = contributions[value.id], var sum = terms.first else { return nil }
    let count = value.shape.elementCount
    for term in terms.dropFirst() {
      sum = try append(.add(count: count), [sum, term], graph.entries[value.id].name)
    }
    contributions[value.id] = [sum]
    return sum
  }

  private mutating func contribute(_ delta: GraphValue, to value: GraphValue) {
    if wanted.contains(value.id) { contributions[value.id, default: []].append(delta) }
  }

  private mutating func contribute(
    _ operation: TensorOperation, _ inputs: [GraphValue], to value: GraphValue, _ label: String
  ) throws {
    if wanted.contains(value.id) { contribute(try append(operation, inputs, label), to: value) }
  }

  private mutating func append(
    _ operation: TensorOperation, _ inputs: [GraphValue], _ label: String
  ) throws -> GraphValue {
    try graph.append(operation, inputs, label: label)[0]
  }
}
