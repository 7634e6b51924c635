/// `max(0, x)`, element by element.
public struct ReLU: Layer {
  /// Creates a layer.
  public init() {}

  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    try graph.activate(input, .relu)
  }
}
