/// The gradient of a dense layer's weights.
struct DenseGradient: ConvolutionOperation {
  let dense: Dense

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

}

extension TensorOperation {
  /// x, dy to dw.
  public static func denseGradient(_ dense: Dense) -> Self {
    Self(DenseGradient(dense: dense))
  }
}
