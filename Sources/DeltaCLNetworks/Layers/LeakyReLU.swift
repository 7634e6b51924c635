/// `x < 0 ? slope * x : x`, element by element.
public struct LeakyReLU: Layer {
  /// The factor of negative numbers.
  public var slope: Float

  /// Creates a layer.
  public init(slope: Float = 0.01) {
    self.slope = slope
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    try graph.activate(input, .leakyReLU(slope: slope))
  }
}
