/// `x * tanh(softplus(x))`, element by element.
public struct Mish: Layer {
  /// Creates a layer.
  public init() {}

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    try graph.apply(.mish(.input(0)), to: input)
  }
}
