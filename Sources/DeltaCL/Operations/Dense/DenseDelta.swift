extension TensorOperation {
  /// dy, w to dx.
  public static func denseDelta(_ dense: Dense) -> Self { Self(DenseDelta(dense: dense)) }

  /// The delta of a dense layer's input.
  public struct DenseDelta: ConvolutionOperation {
    /// The layer's sizes.
    public let dense: Dense

    var name: String { "dense-delta" }
    var floatingPointOperations: Int { dense.floatingPointOperations }
    var acceptsEpilogue: Bool { true }
    var shapeText: String { dense.shapeText }
    var convolutionPass: ConvolutionPass? { ConvolutionPass(.delta, dense) }

    var operands: [Operand] {
      [.read("dy", dense.outputShape), .read("w", dense.kernelShape), .write("dx", dense.inputShape)]
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.denseDelta(dense, dy: f[0].span, w: f[1].span, dx: f[2].mutableSpan)
    }

    static let command = OperationCommand(
      "dense-delta", attributes: OperationAttribute.epilogue,
      tensors: [.tensor("dy", "[N, Out]"), .tensor("w", "[Out, In]"), .activated], results: ["dx"]
    ) { arguments in
      let (dy, w) = try (arguments.shape("dy"), arguments.shape("w"))
      return [.denseDelta(try Dense(batch: dy.outermost, inputs: w.innermost, outputs: w.outermost))]
    }
  }
}
