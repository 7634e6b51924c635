extension TensorOperation {
  /// x, w (and b with `bias`) to y.
  public static func dense(_ dense: Dense, bias: Bool) -> Self { Self(DenseForward(dense: dense, hasBias: bias)) }

  /// The forward pass of a dense layer.
  public struct DenseForward: ConvolutionOperation {
    /// The layer's sizes.
    public let dense: Dense
    /// Whether a bias is added.
    public let hasBias: Bool

    var name: String { "dense" }
    var floatingPointOperations: Int { dense.floatingPointOperations }
    var acceptsEpilogue: Bool { true }
    var shapeText: String { dense.shapeText }
    var convolutionPass: ConvolutionPass? { ConvolutionPass(.forward, dense, hasBias: hasBias) }

    var operands: [Operand] {
      [.read("x", dense.inputShape), .read("w", dense.kernelShape)]
        + (hasBias ? [.read("b", dense.biasShape)] : []) + [.write("y", dense.outputShape)]
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.dense(
        dense, x: f[0].span, w: f[1].span, b: hasBias ? f[2].span : nil, y: f[hasBias ? 3 : 2].mutableSpan)
    }

    func differentiate(in scope: inout some DifferentiationScope) throws {
      guard let dy = try scope.resultDelta() else { return }
      try scope.contribute(.denseGradient(dense), [scope.operand(0), dy], to: 1)
      if hasBias { try scope.contribute(dense.biasGradient, [dy], to: 2) }
      try scope.contribute(.denseDelta(dense), [dy, scope.operand(1)], to: 0)
    }

    static let command = OperationCommand(
      "dense", attributes: OperationAttribute.epilogue,
      tensors: [.tensor("x", "[N, In]"), .tensor("w", "[Out, In]"), .optional("b")], results: ["y"]
    ) { arguments in
      let (x, w) = try (arguments.shape("x"), arguments.shape("w"))
      let dense = try Dense(batch: x.outermost, inputs: w.innermost, outputs: w.outermost)
      return [.dense(dense, bias: arguments.has("b"))]
    }
  }
}
