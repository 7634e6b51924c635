import DeltaCL

/// The mean of each channel over the whole image: `[N, H, W, C]` to `[N, 1, 1, C]`.
public struct GlobalAveragePooling2D: Layer {
  /// Creates a layer.
  public init() {}

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    try AveragePooling2D(window: graph.image(input).size)(input, in: &graph)
  }
}
