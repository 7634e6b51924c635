/// The exponential linear unit that keeps mean 0 and variance 1, element by element.
public struct SELU: Layer {
  /// Creates a layer.
  public init() {}

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    try graph.apply(.selu(.input(0)), to: input)
  }
}
