/// `x > 0 ? x : alpha * (exp(x) - 1)`, element by element.
public struct ELU: Layer {
  /// What the function tends to for large negative numbers, without its sign.
  public var alpha: Float

  /// Creates a layer.
  public init(alpha: Float = 1) {
    self.alpha = alpha
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    try graph.apply(.elu(.input(0), alpha: .constant(alpha)), to: input)
  }
}
