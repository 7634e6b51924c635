/// The division of each element by a power of the mean square of its neighbouring channels: x `[..., C]` to y.
///
/// `y = x / (k + alpha / size * sum of squares)^beta`, over the `size` channels around an element's own, `size / 2` of them before it;
/// where there are none, 0.
///
/// Alex Krizhevsky, Ilya Sutskever and Geoffrey Hinton, "ImageNet classification with deep convolutional neural networks", NIPS 2012,
/// with the mean of a window instead of its sum, as PyTorch and ONNX have it.
public struct LocalResponseNormalization: Hashable, Sendable {
  /// The extents of x; the last one is that of the channels.
  public let shape: Shape
  /// The channels of a window.
  public let size: Int
  /// The factor of the mean square.
  public let alpha: Float
  /// The power.
  public let beta: Float
  /// What is added to the mean square.
  public let k: Float

  /// Creates a descriptor.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidDescriptor`) if there is no axis, the window has no channel or a number is not finite.
  public init(
    _ shape: Shape, size: Int, alpha: Float = 1e-4, beta: Float = 0.75, k: Float = 1
  ) throws(DeltaCLError) {
    try shape.validate("local response normalization")
    guard !shape.dimensions.isEmpty, size >= 1, alpha.isFinite, beta.isFinite, k.isFinite else {
      throw DeltaCLError(
        .invalidDescriptor,
        "local response normalization of \(shape) with windows of \(size) channels, alpha \(alpha), beta \(beta) and k \(k): there "
          + "must be channels, a window of at least one of them, and finite numbers")
    }
    self.shape = shape
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.k = k
  }

  /// The channels of a window before its own, and behind it, as far as there can be any.
  fileprivate var window: (before: Int, after: Int) {
    (min(size / 2, shape.innermost), min((size - 1) / 2, shape.innermost))
  }

  /// What kernels take of the windows.
  fileprivate func arguments(_ planner: Planner) -> KernelArguments {
    [
      "count": .int(shape.elementCount), "channels": .int(shape.innermost), "before": .int(window.before),
      "after": .int(window.after), "part": .int(SumParts.longestChain(of: min(size, shape.innermost))),
      "factor": .float(alpha / Float(size)), "beta": .float(beta), "perItem": .int(planner.elementsPerItem),
    ]
  }

  fileprivate func launch(_ kernel: String, _ arguments: KernelArguments, _ planner: Planner) -> Launch {
    Launch(
      kernel, in: "normalization/local-response", arguments + self.arguments(planner),
      globalSize: [ceilingDivision(shape.elementCount, planner.elementsPerItem)])
  }

  fileprivate static func command(
    _ name: String, _ tensors: [OperationTensor], _ result: String,
    _ operation: @escaping @Sendable (Self) -> TensorOperation
  ) -> OperationCommand {
    OperationCommand(
      name, attributes: [.size, .responseAlpha, .responseBeta, .k], tensors: tensors,
      results: [OperationResult(result, like: "x")]
    ) { arguments in
      [
        operation(
          try Self(
            arguments.shape("x"), size: arguments.required(.size), alpha: arguments.required(.responseAlpha),
            beta: arguments.required(.responseBeta), k: arguments.required(.k)))
      ]
    }
  }
}

extension LocalResponseNormalization: Operation {
  var name: String { "local-response-normalization" }
  var operands: [Operand] { [.read("x", shape), .write("y", shape)] }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    Reference.localResponseNormalization(self, x: f[0].span, y: f[1].mutableSpan)
  }

  func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
    if shape.elementCount == 0 { return LaunchList() }
    return LaunchList(
      launch("local_response", ["x": .operand(0), "y": .operand(1), "bias": .float(k)], planner))
  }

  func differentiate(in scope: inout some DifferentiationScope) throws {
    guard let dy = try scope.resultDelta() else { return }
    try scope.contribute(.localResponseNormalizationDelta(self), [dy, scope.operand(0)], to: 0)
  }

  static let command = command("local-response-normalization", [.anyShape("x")], "y") {
    .localResponseNormalization($0)
  }
}

extension TensorOperation {
  /// x to y, each element divided by a power of the mean square of its neighbouring channels.
  public static func localResponseNormalization(_ normalization: LocalResponseNormalization) -> Self {
    Self(normalization)
  }

  /// dy, x to dx.
  public static func localResponseNormalizationDelta(_ normalization: LocalResponseNormalization) -> Self {
    Self(LocalResponseNormalizationDelta(normalization: normalization))
  }

  /// The delta of local response normalisation.
  public struct LocalResponseNormalizationDelta: Operation {
    /// The sizes and parameters.
    public let normalization: LocalResponseNormalization

    var name: String { "local-response-normalization-delta" }

    var operands: [Operand] {
      let shape = normalization.shape
      return [.read("dy", shape), .read("x", shape), .write("dx", shape)]
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.localResponseNormalizationDelta(normalization, dy: f[0].span, x: f[1].span, dx: f[2].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
      var list = LaunchList()
      if normalization.shape.elementCount == 0 { return list }
      let terms = try list.scratch(.float32, normalization.shape.elementCount, for: "terms")
      list.append(
        normalization.launch(
          "local_response_terms",
          [
            "dy": .operand(0), "x": .operand(1), "terms": terms, "dx": .operand(2), "bias": .float(normalization.k),
          ], planner))
      list.append(
        normalization.launch(
          "local_response_delta", ["x": .operand(1), "terms": terms, "dx": .operand(2)], planner))
      return list
    }

    static let command = LocalResponseNormalization.command(
      "local-response-normalization-delta", [.anyShape("dy"), .anyShape("x")], "dx"
    ) { .localResponseNormalizationDelta($0) }
  }
}

extension OperationAttribute {
  fileprivate static let size = integer("size", default: "CHANNELS", isRequired: true)
  fileprivate static let responseAlpha = number("alpha", default: "1e-4", "a number") { $0.isFinite }
  fileprivate static let responseBeta = number("beta", default: "0.75", "a number") { $0.isFinite }
  fileprivate static let k = number("k", default: "1", "a number") { $0.isFinite }
}
