/// `min(max(x + 3, 0), 6) / 6`, element by element.
public struct HardSigmoid: Layer {
  /// Creates a layer.
  public init() {}

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    try graph.apply(.hardSigmoid(.input(0)), to: input)
  }
}
