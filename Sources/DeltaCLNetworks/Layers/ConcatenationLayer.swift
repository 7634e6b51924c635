import DeltaCL

/// The outputs of branches that all take the layer's input, joined along the channels: `[N, H, W, C]` each, alike but for C.
public struct ConcatenationLayer: Layer {
  /// The branches in the order of their channels, with the names that prefix their parameters' names; those of a branch without one are
  /// named under the layer's own name.
  public var branches: [(name: String?, layer: any Layer)]

  /// Creates a layer.
  public init(_ branches: [(name: String?, layer: any Layer)]) {
    self.branches = branches
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    var outputs: [GraphValue] = []
    for (name, layer) in branches {
      outputs.append(try name.map { try graph.apply(layer, named: $0, to: input) } ?? layer(input, in: &graph))
    }
    return try graph.apply(.concat(Concatenation(outputs.map(\.shape), axis: -1)), to: outputs)
  }
}
