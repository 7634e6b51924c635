import DeltaCL

extension Graph {
  /// The same computation in fewer passes over memory.
  ///
  /// An activation is applied by the operation that computes its input, the delta of an activation by the operation that
  /// computes its dy, if nothing else reads the value between them. Formulas for each element that follow each other become one. No
  /// node writes what is fused away.
  ///
  /// - Parameter kept: The ids of values that are read after the last node has run.
  func fused(keeping kept: Set<Int>) -> Graph {
    var graph = self
    graph.maskBeforePoolingDeltas(keeping: kept)
    var fusion = Fusion(graph, kept: kept)
    fusion.fuseActivations()
    // Before the other deltas: recomputing a mask reads less than a kernel that takes the activation's output.
    fusion.fuseActivationDeltasIntoBatchNormalizations()
    fusion.fuseActivationDeltas()
    graph.nodes = fusion.nodes.compactMap { $0 }
    graph.fuseExpressions(keeping: kept)
    return graph
  }

  /// Takes the delta of a rectifier before the delta of the max pooling that follows it.
  ///
  /// Max pooling passes each dy to a position whose value is the window's result, so the result tells as much as the value.
  /// There are fewer results, and the rectifier's output need not be kept for the backward pass. A mask of ones and zeros gives
  /// the same sums before and after they are added up.
  private mutating func maskBeforePoolingDeltas(keeping kept: Set<Int>) {
    var writers: [Int: Int] = [:]
    var readers: [Int: [Int]] = [:]
    for (index, node) in nodes.enumerated() {
      for output in node.outputs { writers[output.id] = index }
      for input in node.inputs { readers[input.id, default: []].append(index) }
    }
    for (index, node) in nodes.enumerated() {
      guard let pooling = node.operation.as(TensorOperation.MaxPoolingDelta.self)?.pooling,
        readers[node.operands[2].id]?.count == 1, !kept.contains(node.operands[2].id),
        let maskIndex = readers[node.operands[2].id]?.first,
        let function = nodes[maskIndex].operation.as(TensorOperation.ActivationDelta.self)?.function,
        function == .relu || function == .relu6,
        let forward = writers[node.operands[1].id].map({ nodes[$0] }),
        forward.operation == .maxPooling(pooling), forward.operands[0].id == nodes[maskIndex].operands[0].id,
        nodes[maskIndex].operands[1].id == node.operands[2].id
      else { continue }
      // The two nodes swap their work; nothing else reads what was between them.
      let masked = add("\(node.label).masked", pooling.outputShape, role: .computed)
      let mask = nodes[maskIndex]
      nodes[index] = GraphNode(
        operation: .activationDelta(function, count: pooling.outputShape.elementCount),
        operands: [forward.operands[1], node.operands[0], masked], label: mask.label)
      nodes[maskIndex] = GraphNode(
        operation: .maxPoolingDelta(pooling), operands: [masked, node.operands[1], mask.operands[2]], label: node.label)
    }
  }
}

private struct Fusion {
  /// The nodes that are left, each at its old index.
  private(set) var nodes: [GraphNode?]
  /// The index of the node that writes a value, by the value's id.
  private var writers: [Int: Int] = [:]
  /// How many nodes read a value, by its id. Those outside of the graph count too.
  private var readerCounts: [Int: Int] = [:]

  init(_ graph: Graph, kept: Set<Int>) {
    nodes = graph.nodes
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs { writers[output.id] = index }
      for input in node.inputs { readerCounts[input.id, default: 0] += 1 }
    }
    for id in kept { readerCounts[id, default: 0] += 1 }
  }

  mutating func fuseActivations() {
    for (index, node) in nodes.enumerated() {
      guard let node, let function = node.operation.as(TensorOperation.ActivationForward.self)?.function else {
        continue
      }
      fuse(.activation(function), of: node, at: index, reading: node.operands[0], activated: [])
    }
  }

  mutating func fuseActivationDeltas() {
    for (index, node) in nodes.enumerated() {
      guard let node, let function = node.operation.as(TensorOperation.ActivationDelta.self)?.function else { continue }
      fuse(.activationDelta(function), of: node, at: index, reading: node.operands[1], activated: [node.operands[0]])
    }
  }

  /// Lets the node that computes `value` write what `node` makes of it, if nothing else reads the value.
  private mutating func fuse(
    _ epilogue: Epilogue, of node: GraphNode, at index: Int, reading value: GraphValue, activated: [GraphValue]
  ) {
    guard let result = node.outputs.first, readerCounts[value.id] == 1, let position = writers[value.id],
      let producer = nodes[position], producer.operation.acceptsEpilogue, producer.outputs.first?.id == value.id,
      activated.allSatisfy({ writers[$0.id].map { $0 < position } ?? true })
    else { return }
    nodes[position] = GraphNode(
      operation: .fused(producer.operation, epilogue),
      operands: producer.operands.map { $0.id == value.id ? result : $0 } + activated, label: producer.label)
    nodes[index] = nil
    writers[result.id] = position
    writers[value.id] = nil
  }

  /// Batch normalisation's delta recomputes the activation of its result from what it reads anyway.
  mutating func fuseActivationDeltasIntoBatchNormalizations() {
    for (index, node) in nodes.enumerated() {
      guard let node, let delta = node.operation.as(TensorOperation.BatchNormalizationDelta.self),
        delta.activation == nil,
        let maskIndex = writers[node.operands[1].id], let mask = nodes[maskIndex],
        let function = mask.operation.as(TensorOperation.ActivationDelta.self)?.function,
        readerCounts[node.operands[1].id] == 1,
        let forwardIndex = writers[mask.operands[0].id], let forward = nodes[forwardIndex],
        forward.operation == .fused(.batchNormalization(delta.normalization), .activation(function)),
        [0, 1, 6, 7, 8].map({ forward.operands[$0].id }) == [0, 2, 3, 4, 5].map({ node.operands[$0].id })
      else { continue }
      var operands = node.operands
      operands[1] = mask.operands[1]
      operands.insert(forward.operands[2], at: 3)
      nodes[index] = GraphNode(
        operation: .batchNormalizationDelta(delta.normalization, activation: function), operands: operands,
        label: node.label)
      nodes[maskIndex] = nil
      writers[node.operands[1].id] = nil
    }
  }
}
