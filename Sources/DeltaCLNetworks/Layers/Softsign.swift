/// `x / (1 + |x|)`, element by element.
public struct Softsign: Layer {
  /// Creates a layer.
  public init() {}

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    try graph.apply(.softsign(.input(0)), to: input)
  }
}
