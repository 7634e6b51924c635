import DeltaCL

/// Sees `[N, H, W, C]` as `[N, H * W * C]`; no operation runs for it.
///
/// Flatten by this layer alone: it is by it that weights which follow are known to have other columns in PyTorch, where features run over
/// channels, rows and columns.
public struct Flatten: Layer {
  /// Creates a layer.
  public init() {}

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    guard let batch = input.shape.dimensions.first else {
      throw graph.mismatch(input, needs: "a batch of examples")
    }
    graph.noteFlattening(of: input)
    return try input.reshaped([batch, Shape(Array(input.shape.dimensions.dropFirst())).elementCount])
  }
}
