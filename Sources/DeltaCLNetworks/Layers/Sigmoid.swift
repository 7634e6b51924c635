/// `1 / (1 + exp(-x))`, element by element.
public struct Sigmoid: Layer {
  /// Creates a layer.
  public init() {}

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    try graph.activate(input, .sigmoid)
  }
}
