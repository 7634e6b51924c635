/// `min(max(0, x), 6)`, element by element.
public struct ReLU6: Layer {
  /// Creates a layer.
  public init() {}

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    try graph.activate(input, .relu6)
  }
}
