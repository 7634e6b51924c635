/// The geometry of max and average pooling over NHWC activations.
///
/// Max pooling keeps each window's greatest value and its argmax, the flat `row * W + column` in the input plane. As in PyTorch, the
/// first of equal values in row-major order wins (all may be minus infinity), a NaN wins over numbers, the last NaN over all, and
/// padding is never chosen.
public struct Pooling: Hashable, Sendable {
  /// The number of images N; may be 0.
  public let batch: Int
  /// Rows H and columns W of the input.
  public let inputSize: Extent
  /// The number of channels C.
  public let channels: Int
  /// Rows R and columns S of a window.
  public let window: Extent
  /// The distance (u, v) of neighbouring windows.
  public let stride: Extent
  /// The cells that do not exist around the input.
  public let padding: Padding
  /// The distance of a window's neighbouring cells.
  public let dilation: Extent
  /// Whether the output size is rounded up, so that windows may reach over the padded end. A single window may be larger than the
  /// padded input by less than the stride; all start in the image or in the padding before it.
  public let ceilMode: Bool

  /// Creates a descriptor; `batch` may be 0, `stride` is the window if it is not given.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if a parameter is out of range, no window fits or some window lies wholly in
  ///   padding; (`tooLarge`) if a tensor would be too large to index.
  public init(
    batch: Int, inputSize: Extent, channels: Int, window: Extent, stride: Extent? = nil, padding: Padding = 0,
    dilation: Extent = 1, ceilMode: Bool = false
  ) throws(DeltaCLError) {
    self.batch = batch
    self.inputSize = inputSize
    self.channels = channels
    self.window = window
    self.stride = stride ?? window
    self.padding = padding
    self.dilation = dilation
    self.ceilMode = ceilMode
    guard channels >= 1 else {
      throw DeltaCLError(.invalidDescriptor, "pooling: channels \(channels) must be at least 1")
    }
    try rowAxis.validate("pooling rows")
    try columnAxis.validate("pooling columns")
    try rowAxis.validateWindowsMeetInput("pooling rows")
    try columnAxis.validateWindowsMeetInput("pooling columns")
    try inputShape.validate("pooling input")
    try outputShape.validate("pooling output")
    // A single image must fit even if the batch is empty: planning multiplies its extents.
    try Shape([max(batch, 1), inputSize.rows, inputSize.columns, channels]).validate("pooling input")
    try Shape([max(batch, 1), outputSize.rows, outputSize.columns, channels]).validate("pooling output")
  }

  var rowAxis: WindowAxis {
    WindowAxis(
      size: inputSize.rows, window: window.rows, stride: stride.rows, dilation: dilation.rows,
      before: padding.top, after: padding.bottom, ceilMode: ceilMode)
  }

  var columnAxis: WindowAxis {
    WindowAxis(
      size: inputSize.columns, window: window.columns, stride: stride.columns, dilation: dilation.columns,
      before: padding.left, after: padding.right, ceilMode: ceilMode)
  }

  /// Rows and columns of the output.
  public var outputSize: Extent { Extent(rowAxis.count, columnAxis.count) }
  /// `[N, H, W, C]`, of x and its delta.
  public var inputShape: Shape { [batch, inputSize.rows, inputSize.columns, channels] }
  /// `[N, P, Q, C]`, of y, its delta and argmax.
  public var outputShape: Shape { [batch, outputSize.rows, outputSize.columns, channels] }
}
