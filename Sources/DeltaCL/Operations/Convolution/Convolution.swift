/// A 2-D convolution as deep learning means it (a cross-correlation), for its three directions:
///
///     forward   y[n,p,q,k]  = b[k] + sum over r,s,c of x[n, p*u + r*d - top, q*v + s*e - left, c] * w[k,r,s,c]
///     delta     dx[n,i,j,c] = sum over k,r,s of dy[n,p,q,k] * w[k,r,s,c]  where p*u + r*d - top = i, q*v + s*e - left = j
///     gradient  dw[k,r,s,c] = sum over n,p,q of dy[n,p,q,k] * x[n, p*u + r*d - top, q*v + s*e - left, c]
///
/// with stride (u, v) and dilation (d, e). Activations are NHWC, kernels KRSC; with groups, kernel k sees only the
/// channels of its own group.
public struct Convolution: Hashable, Sendable {
  /// The number of images N; may be 0.
  public let batch: Int
  /// Rows H and columns W of the input.
  public let inputSize: Extent
  /// The number of input channels C.
  public let inputChannels: Int
  /// The number of kernels, which is the number of output channels.
  public let outputChannels: Int
  /// Rows R and columns S of a kernel.
  public let kernelSize: Extent
  /// The distance (u, v) of neighbouring windows.
  public let stride: Extent
  /// The zeros around the input.
  public let padding: Padding
  /// The distance (d, e) of a window's neighbouring cells.
  public let dilation: Extent
  /// The number of groups that channels and kernels are divided into.
  public let groups: Int

  /// Creates a descriptor; `batch` may be 0.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if a parameter is out of range, the groups divide the channels
  ///   unevenly or the kernel is larger than the padded input; (`tooLarge`) if a tensor would be too large to index.
  public init(
    batch: Int, inputSize: Extent, inputChannels: Int, outputChannels: Int, kernelSize: Extent, stride: Extent = 1,
    padding: Padding = 0, dilation: Extent = 1, groups: Int = 1
  ) throws(DeltaCLError) {
    self.batch = batch
    self.inputSize = inputSize
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.kernelSize = kernelSize
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
    guard inputChannels >= 1, outputChannels >= 1, groups >= 1 else {
      throw DeltaCLError(
        .invalidDescriptor,
        "convolution: input channels \(inputChannels), output channels \(outputChannels) and groups \(groups) must be at least 1"
      )
    }
    guard inputChannels % groups == 0, outputChannels % groups == 0 else {
      throw DeltaCLError(
        .invalidDescriptor,
        "convolution: \(groups) groups must divide both the \(inputChannels) input and the \(outputChannels) output channels"
      )
    }
    try rowAxis.validate("convolution rows")
    try columnAxis.validate("convolution columns")
    // A single image must fit even if the batch is empty: planning multiplies its extents.
    let images = max(batch, 1)
    try inputShape.validate("convolution input")
    try kernelShape.validate("convolution kernel")
    try outputShape.validate("convolution output")
    try Shape([images, outputSize.rows, outputSize.columns, outputChannels]).validate("convolution output")
    try Shape([images, paddedInputSize.rows, paddedInputSize.columns, inputChannels]).validate(
      "convolution padded input")
  }

  var rowAxis: WindowAxis {
    WindowAxis(
      size: inputSize.rows, window: kernelSize.rows, stride: stride.rows, dilation: dilation.rows,
      before: padding.top, after: padding.bottom)
  }

  var columnAxis: WindowAxis {
    WindowAxis(
      size: inputSize.columns, window: kernelSize.columns, stride: stride.columns, dilation: dilation.columns,
      before: padding.left, after: padding.right)
  }

  /// Rows and columns of the output: `floor((H + top + bottom - d * (R - 1) - 1) / u) + 1` and the like.
  public var outputSize: Extent { Extent(rowAxis.count, columnAxis.count) }

  /// The input channels that each kernel of a group sees.
  var groupChannels: Int { inputChannels / groups }
  /// The kernels of a group.
  var groupKernels: Int { outputChannels / groups }
  /// The taps of a kernel, R * S * C / groups.
  var taps: Int { kernelSize.area * groupChannels }

  var paddedInputSize: Extent {
    Extent(inputSize.rows + padding.top + padding.bottom, inputSize.columns + padding.left + padding.right)
  }

  /// `[N, H, W, C]`, of x and its delta.
  public var inputShape: Shape { [batch, inputSize.rows, inputSize.columns, inputChannels] }
  /// `[K, R, S, C / groups]`, of w and its gradient.
  public var kernelShape: Shape { [outputChannels, kernelSize.rows, kernelSize.columns, groupChannels] }
  /// `[K]`, of b and its gradient.
  public var biasShape: Shape { [outputChannels] }
  /// `[N, P, Q, K]`, of y and its delta.
  public var outputShape: Shape { [batch, outputSize.rows, outputSize.columns, outputChannels] }

  /// Multiplications and additions of one direction, padding included.
  public var floatingPointOperations: Int {
    2 * batch * outputSize.area * kernelShape.elementCount
  }

  /// The shape as `deltacl bench layers --shape` takes it.
  var shapeText: String {
    func text(_ extent: Extent) -> String { extent.rows == extent.columns ? "\(extent.rows)" : "\(extent)" }
    let isSymmetric = padding.top == padding.bottom && padding.left == padding.right
    let paddingText =
      isSymmetric
      ? text(Extent(padding.top, padding.left))
      : "\(padding.top)x\(padding.left)x\(padding.bottom)x\(padding.right)"
    return [
      "\(batch)", "\(inputSize.rows)", "\(inputSize.columns)", "\(inputChannels)", "\(outputChannels)",
      "\(kernelSize.rows)", "\(kernelSize.columns)", text(stride), paddingText, text(dilation), "\(groups)",
    ].joined(separator: ",")
  }
}
