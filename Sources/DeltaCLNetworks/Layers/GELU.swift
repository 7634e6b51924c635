/// `x` times the normal distribution function at x, element by element.
public struct GELU: Layer {
  /// Whether the function is approximated by a hyperbolic tangent, as in the first networks that used it.
  public var isApproximate: Bool

  /// Creates a layer.
  public init(isApproximate: Bool = false) {
    self.isApproximate = isApproximate
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    try graph.apply(isApproximate ? .geluTanh(.input(0)) : .gelu(.input(0)), to: input)
  }
}
