import DeltaCL

/// Sees `[N, H, W, C]` as `[N, H * W * C]`; no operation runs for it.
public struct Flatten: Layer {
  /// Creates a layer.
  public init() {}

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    guard let batch = input.shape.dimensions.first else {
      throw graph.mismatch(input, needs: "a batch of examples")
    }
    return try input.reshaped([batch, Shape(Array(input.shape.dimensions.dropFirst())).elementCount])
  }
}
