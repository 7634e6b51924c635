extension TensorOperation {
  /// x, dy to dw.
  public static func denseGradient(_ dense: Dense) -> Self { Self(DenseGradient(dense: dense)) }

  /// The gradient of a dense layer's weights.
  public struct DenseGradient: ConvolutionOperation {
    /// The layer's sizes.
    public let dense: Dense

    var name: String { "dense-gradient" }
    var floatingPointOperations: Int { dense.floatingPointOperations }
    var shapeText: String { dense.shapeText }
    var convolutionPass: ConvolutionPass? { ConvolutionPass(.gradient, dense) }

    var operands: [Operand] {
      [.read("x", dense.inputShape), .read("dy", dense.outputShape), .write("dw", dense.kernelShape)]
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.denseGradient(dense, x: f[0].span, dy: f[1].span, dw: f[2].mutableSpan)
    }

    static let command = OperationCommand(
      "dense-gradient", tensors: [.tensor("x", "[N, In]"), .tensor("dy", "[N, Out]")], results: ["dw", "db"]
    ) { arguments in
      let (x, dy) = try (arguments.shape("x"), arguments.shape("dy"))
      let dense = try Dense(batch: x.outermost, inputs: x.innermost, outputs: dy.innermost)
      return [.denseGradient(dense), dense.biasGradient]
    }
  }
}
