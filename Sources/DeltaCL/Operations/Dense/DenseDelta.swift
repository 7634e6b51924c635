/// The delta of a dense layer's input.
struct DenseDelta: ConvolutionOperation {
  let dense: Dense

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

}

extension TensorOperation {
  /// dy, w to dx.
  public static func denseDelta(_ dense: Dense) -> Self {
    Self(DenseDelta(dense: dense))
  }
}
