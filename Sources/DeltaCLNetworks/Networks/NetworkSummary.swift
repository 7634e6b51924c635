public import DeltaCL

/// The layers of a network with the size and the work of each.
public struct NetworkSummary: Hashable, Sendable {
  /// `[batch, H, W, C]`.
  public let inputShape: Shape
  /// The layers that have operations or parameters of their own, and those that no other layer is within, in the order in which they
  /// run.
  public let layers: [LayerSummary]

  /// The elements of all parameters.
  public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameterCount } }
  /// The multiplications and additions of the forward pass that the mathematics asks for.
  public var floatingPointOperations: Int { layers.reduce(0) { $0 + $1.floatingPointOperations } }
  /// The bytes that all operations of the forward pass write. What a step takes is less where values share memory.
  public var activationByteCount: Int { layers.reduce(0) { $0 + $1.activationByteCount } }

  /// Describes the forward pass of a batch, as inference has it.
  ///
  /// - Throws: ``NetworkError`` if the network does not fit together.
  public init(_ network: Network, batch: Int = 1) throws {
    let forward = try network.forward(batch: batch, mode: .inference)
    let (nodes, entries) = (forward.graph.nodes, forward.graph.entries)
    let whole = AppliedLayer(
      name: "network", kind: "\(type(of: network.model))", isInnermost: forward.layers.isEmpty,
      outputShape: forward.output.shape, nodes: nodes.indices, values: entries.indices)
    var remainingNodes = Set(nodes.indices)
    var remainingValues = Set(entries.indices)
    var layers: [LayerSummary] = []
    // The layers within a layer come before it.
    for layer in forward.layers + [whole] {
      let own = layer.nodes.filter { remainingNodes.remove($0) != nil }.map { nodes[$0] }
      let parameters = layer.values.filter { remainingValues.remove($0) != nil }.map { entries[$0] }
        .filter { if case .parameter = $0.role { true } else { false } }
      guard layer.isInnermost || !own.isEmpty || !parameters.isEmpty else { continue }
      layers.append(
        LayerSummary(
          name: layer.name, kind: layer.kind, outputShape: layer.outputShape,
          parameterCount: parameters.reduce(0) { $0 + $1.value.shape.elementCount },
          floatingPointOperations: own.reduce(0) { $0 + $1.operation.floatingPointOperations },
          activationByteCount: own.flatMap(\.outputs).reduce(0) {
            $0 + $1.shape.elementCount * $1.elementType.byteCount
          }))
    }
    inputShape = forward.images.shape
    self.layers = layers
  }
}
