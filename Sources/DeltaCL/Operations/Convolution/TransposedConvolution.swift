/// A transposed convolution, which spreads each pixel over a window of a larger image:
///
///     y[n, i*u + r*d - top, j*v + s*e - left, k] = b[k] + sum over i,j,r,s,c of x[n,i,j,c] * w[c,r,s,k]
///
/// with stride (u, v) and dilation (d, e). Activations are NHWC and kernels `[C, R, S, K / groups]`, as the channels of PyTorch's
/// `ConvTranspose2d` are. It is the delta of a ``Convolution`` from y to x, and its own delta and kernel gradient are that one's forward
/// pass and kernel gradient.
public struct TransposedConvolution: Hashable, Sendable {
  /// The convolution whose delta it is: of images like y to images like x, with the same kernels.
  public let convolution: Convolution
  /// The rows and columns at the end of y, before padding is taken off, that no window reaches.
  public let outputPadding: Extent

  /// Creates a descriptor; `batch` may be 0.
  ///
  /// - Parameters:
  ///   - batch: The number of images.
  ///   - inputSize: Rows and columns of x.
  ///   - inputChannels: The channels C of x.
  ///   - outputChannels: The channels K of y.
  ///   - kernelSize: Rows R and columns S of a kernel.
  ///   - stride: The distance of neighbouring windows.
  ///   - padding: What is taken off y at its sides.
  ///   - outputPadding: Rows and columns that are added to y at the end, fewer than the stride.
  ///   - dilation: The distance of a window's neighbouring cells.
  ///   - groups: The groups that the channels of x and y are divided into.
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if a parameter is out of range, y would have no pixel or the groups divide the channels
  ///   unevenly; (`tooLarge`) if a tensor would be too large to index.
  public init(
    batch: Int, inputSize: Extent, inputChannels: Int, outputChannels: Int, kernelSize: Extent, stride: Extent = 1,
    padding: Padding = 0, outputPadding: Extent = 0, dilation: Extent = 1, groups: Int = 1
  ) throws(DeltaCLError) {
    self.outputPadding = outputPadding
    let rows = try Self.outputExtent(
      "rows", inputSize.rows, kernelSize.rows, stride.rows, dilation.rows, outputPadding.rows,
      padding: (padding.top, padding.bottom))
    let columns = try Self.outputExtent(
      "columns", inputSize.columns, kernelSize.columns, stride.columns, dilation.columns, outputPadding.columns,
      padding: (padding.left, padding.right))
    convolution = try Convolution(
      batch: batch, inputSize: Extent(rows, columns), inputChannels: outputChannels, outputChannels: inputChannels,
      kernelSize: kernelSize, stride: stride, padding: padding, dilation: dilation, groups: groups)
  }

  /// The rows or columns of y.
  private static func outputExtent(
    _ what: String, _ input: Int, _ window: Int, _ stride: Int, _ dilation: Int, _ more: Int,
    padding: (before: Int, after: Int)
  ) throws(DeltaCLError) -> Int {
    // Within these limits nothing overflows; greater tensors could not be indexed.
    let limit = Shape.maximumElementCount
    guard [input, window, stride, dilation].allSatisfy({ (1...limit).contains($0) }),
      (0...limit).contains(padding.before), (0...limit).contains(padding.after)
    else {
      throw DeltaCLError(
        .invalidDescriptor,
        "transposed convolution \(what): \(input) in x, a window of \(window), the stride \(stride) and the dilation \(dilation) must be "
          + "at least 1, and the padding of \(padding.before) and \(padding.after) at least 0")
    }
    guard (0..<stride).contains(more) else {
      throw DeltaCLError(
        .invalidDescriptor,
        "transposed convolution \(what): the output padding \(more) must be at least 0 and less than the stride \(stride)"
      )
    }
    let extent = (input - 1) * stride + dilation * (window - 1) + 1 + more - padding.before - padding.after
    guard extent >= 1 else {
      throw DeltaCLError(
        .invalidDescriptor,
        "transposed convolution \(what): a padding of \(padding.before) and \(padding.after) leaves nothing of the result"
      )
    }
    return extent
  }

  /// `[N, H, W, C]`, of x and its delta.
  public var inputShape: Shape { convolution.outputShape }
  /// `[C, R, S, K / groups]`, of w and its gradient.
  public var kernelShape: Shape { convolution.kernelShape }
  /// `[K]`, of b and its gradient.
  public var biasShape: Shape { [convolution.inputChannels] }
  /// `[N, P, Q, K]`, of y and its delta.
  public var outputShape: Shape { convolution.inputShape }
}

extension TensorOperation {
  /// x, w (and b with `bias`) to y. The delta of x is ``convolution(_:bias:)`` of dy and w, the gradient of w
  /// ``convolutionGradient(_:)`` of dy and x, both of ``TransposedConvolution/convolution``.
  public static func transposedConvolution(_ transposed: TransposedConvolution, bias: Bool) -> Self {
    Self(TransposedConvolutionForward(transposed: transposed, hasBias: bias))
  }

  /// The forward pass of a transposed convolution.
  public struct TransposedConvolutionForward: Operation {
    /// The geometry.
    public let transposed: TransposedConvolution
    /// Whether a bias is added.
    public let hasBias: Bool

    private var convolution: Convolution { transposed.convolution }

    var name: String { "transposed-convolution" }
    var floatingPointOperations: Int { convolution.floatingPointOperations }
    var acceptsEpilogue: Bool { !hasBias }

    /// The delta whose plans serve; a bias is another launch.
    var convolutionPass: ConvolutionPass? {
      hasBias ? nil : ConvolutionPass(direction: .delta, convolution: convolution)
    }

    var operands: [Operand] {
      [.read("x", transposed.inputShape), .read("w", transposed.kernelShape)]
        + (hasBias ? [.read("b", transposed.biasShape)] : []) + [.write("y", transposed.outputShape)]
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      let y = f[f.count - 1]
      Reference.convolutionDelta(convolution, dy: f[0].span, w: f[1].span, dx: y.mutableSpan)
      if hasBias { Reference.addBias(f[2].span, to: y.mutableSpan) }
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
      var list = LaunchList()
      guard hasBias else { return list }
      var planner = planner
      planner.choice = nil
      let y = Launch.Argument.operand(3)
      list.append(
        try planner.decide(.convolutionDelta(convolution)).launches, on: [.operand(0), .operand(1), y])
      let sum = try TensorOperation.elementwise(
        .input(0) + .input(1), inputs: [transposed.outputShape, transposed.biasShape])
      list.append(try planner.decide(sum).launches, on: [y, .operand(2), y])
      return list
    }

    func differentiate(in scope: inout some DifferentiationScope) throws {
      guard let dy = try scope.resultDelta() else { return }
      try scope.contribute(.convolutionGradient(convolution), [dy, scope.operand(0)], to: 1)
      if hasBias {
        let rows = convolution.batch * convolution.inputSize.area
        try scope.contribute(.biasGradient(rows: rows, channels: convolution.inputChannels), [dy], to: 2)
      }
      try scope.contribute(.convolution(convolution, bias: false), [dy, scope.operand(1)], to: 0)
    }

    static let command = OperationCommand(
      "transposed-convolution", attributes: Convolution.attributes + [.outputPadding],
      tensors: [.tensor("x", "[N, H, W, C]"), .tensor("w", "[C, R, S, K / groups]"), .optional("b")], results: ["y"]
    ) { arguments in
      let (x, w) = try (arguments.shape("x"), arguments.shape("w"))
      guard x.innermost == w.outermost else {
        throw DeltaCLError(.mismatch, "x has \(x.innermost) channels and w takes \(w.outermost)")
      }
      let transposed = try TransposedConvolution(
        batch: x.outermost, inputSize: x.imageSize, inputChannels: w.outermost,
        outputChannels: Convolution.inputChannels(of: w, arguments), kernelSize: w.imageSize, stride: arguments.stride,
        padding: arguments.padding, outputPadding: arguments.required(.outputPadding), dilation: arguments.dilation,
        groups: arguments.groups)
      return [.transposedConvolution(transposed, bias: arguments.has("b"))]
    }
  }
}
