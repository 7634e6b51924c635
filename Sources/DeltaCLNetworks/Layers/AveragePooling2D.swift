public import DeltaCL

/// Average pooling over images: `[N, H, W, C]` to `[N, P, Q, C]`.
public struct AveragePooling2D: Layer {
  /// Rows and columns of a window.
  public var window: Extent
  /// The distance between windows.
  public var stride: Extent
  /// What surrounds the image.
  public var padding: Padding
  /// Whether the output size is rounded up.
  public var ceilMode: Bool
  /// Whether padding counts among the cells of a window.
  public var countsPadding: Bool

  /// Creates a layer; `stride` is the window if it is not given.
  public init(
    window: Extent, stride: Extent? = nil, padding: Padding = 0, ceilMode: Bool = false, countsPadding: Bool = true
  ) {
    self.window = window
    self.stride = stride ?? window
    self.padding = padding
    self.ceilMode = ceilMode
    self.countsPadding = countsPadding
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    let image = try graph.image(input)
    let pooling = try Pooling(
      batch: image.batch, inputSize: image.size, channels: image.channels, window: window, stride: stride,
      padding: padding, ceilMode: ceilMode)
    return try graph.apply(.averagePooling(AveragePooling(pooling, countsPadding: countsPadding)), to: input)
  }
}
