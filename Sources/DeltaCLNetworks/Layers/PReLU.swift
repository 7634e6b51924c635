import DeltaCL

/// `x < 0 ? slope * x : x` with a slope that is learnt for each channel.
///
/// Parameters: `weight` `[C]`, the slopes.
public struct PReLU: Layer {
  /// The slope of every channel at first.
  public var slope: Float

  /// Creates a layer.
  public init(slope: Float = 0.25) {
    self.slope = slope
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    guard input.shape.dimensions.count >= 2, let channels = input.shape.dimensions.last else {
      throw graph.mismatch(input, needs: "channels, as in [N, H, W, C] or [N, C]")
    }
    let weight = try graph.parameter("weight", [channels], .constant(slope), fans: Fans(weights: [channels]))
    return try graph.apply(.prelu(.input(0), slope: .input(1)), to: input, weight)
  }
}
