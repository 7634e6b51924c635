import DeltaCL

/// A layer that a ``GraphBuilder`` has applied under a name, with what it and the layers within it added to the graph.
struct AppliedLayer: Sendable {
  /// The path of names, such as `block1.conv2`.
  let name: String
  /// The name of the layer's type, such as `Convolution2D`.
  let kind: String
  /// Whether no layer with a name is within it.
  let isInnermost: Bool
  let outputShape: Shape
  /// The indices of the nodes.
  let nodes: Range<Int>
  /// The ids of the values.
  let values: Range<Int>
}
