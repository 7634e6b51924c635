import DeltaCL

/// One of equal parts of the channels: `[N, H, W, C]` to `[N, H, W, C / parts]`.
public struct ChannelSlice: Layer {
  /// Which part, from 0.
  public var index: Int
  /// The number of parts.
  public var parts: Int

  /// Creates a layer.
  public init(_ index: Int, of parts: Int) {
    self.index = index
    self.parts = parts
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    guard let channels = input.shape.dimensions.last, parts >= 1, channels.isMultiple(of: parts),
      (0..<parts).contains(index)
    else { throw graph.mismatch(input, needs: "channels in \(parts) equal parts, of which it takes number \(index)") }
    let size = channels / parts
    let slice = try StridedCopy.slice(
      input.shape, starts: [index * size], ends: [(index + 1) * size], axes: [-1])
    return try graph.apply(.stridedCopy(slice), to: input)
  }
}
