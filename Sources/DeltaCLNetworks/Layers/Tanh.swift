/// The hyperbolic tangent, element by element.
public struct Tanh: Layer {
  /// Creates a layer.
  public init() {}

  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    try graph.activate(input, .tanh)
  }
}
