import DeltaCL

/// The channels of groups in turns, so that groups which follow see channels of all: `[N, H, W, C]` to the same.
///
/// Xiangyu Zhang, Xinyu Zhou, Mengxiao Lin and Jian Sun, "ShuffleNet: an extremely efficient convolutional neural network for mobile
/// devices", CVPR 2018.
public struct ChannelShuffle: Layer {
  /// The number of groups that the channels come in.
  public var groups: Int

  /// Creates a layer.
  public init(groups: Int) {
    self.groups = groups
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    guard let channels = input.shape.dimensions.last, channels >= 1, groups >= 1, channels.isMultiple(of: groups) else {
      throw graph.mismatch(input, needs: "channels in \(groups) equal groups")
    }
    let grouped: Shape = [input.shape.elementCount / channels, groups, channels / groups]
    return try graph.apply(.stridedCopy(.transpose(grouped, axes: [0, 2, 1])), to: input).reshaped(input.shape)
  }
}
