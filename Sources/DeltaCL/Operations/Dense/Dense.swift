/// A fully connected layer: `y = x w^T + b`, with `dx = dy w` and `dw = dy^T x`.
public struct Dense: Hashable, Sendable {
  /// The number of rows N; may be 0.
  public let batch: Int
  /// The length of an input row.
  public let inputs: Int
  /// The length of an output row.
  public let outputs: Int

  /// Creates a descriptor; `batch` may be 0.
  ///
  /// - Throws: ``DeltaCLError`` if a size is out of range.
  public init(batch: Int, inputs: Int, outputs: Int) throws(DeltaCLError) {
    self.batch = batch
    self.inputs = inputs
    self.outputs = outputs
    guard inputs >= 1, outputs >= 1 else {
      throw DeltaCLError(.invalidDescriptor, "dense: inputs \(inputs) and outputs \(outputs) must be at least 1")
    }
    try inputShape.validate("dense input")
    try kernelShape.validate("dense weights")
    try outputShape.validate("dense output")
  }

  /// `[N, In]`, of x and its delta.
  public var inputShape: Shape { [batch, inputs] }
  /// `[Out, In]`, of w and its gradient.
  public var kernelShape: Shape { [outputs, inputs] }
  /// `[Out]`, of b and its gradient.
  public var biasShape: Shape { [outputs] }
  /// `[N, Out]`, of y and its delta.
  public var outputShape: Shape { [batch, outputs] }

  /// The same as a 1x1 convolution over a row of `batch` pixels: all memory layouts agree.
  var convolution: Convolution {
    get throws(DeltaCLError) {
      try Convolution(
        batch: min(batch, 1), inputSize: Extent(1, max(batch, 1)), inputChannels: inputs, outputChannels: outputs,
        kernelSize: 1)
    }
  }

  /// Multiplications and additions of one direction.
  public var floatingPointOperations: Int { 2 * batch * inputs * outputs }

  /// Batch, inputs and outputs.
  var shapeText: String { "\(batch),\(inputs),\(outputs)" }
}
