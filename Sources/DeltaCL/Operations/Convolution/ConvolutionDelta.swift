/// The delta of a convolution's input.
struct ConvolutionDelta: ConvolutionOperation {
  let convolution: Convolution

  var name: String { "convolution-delta" }
  var floatingPointOperations: Int { convolution.floatingPointOperations }
  var acceptsEpilogue: Bool { true }
  var shapeText: String { convolution.shapeText }
  var convolutionPass: ConvolutionPass? { ConvolutionPass(direction: .delta, convolution: convolution) }

  var operands: [Operand] {
    [.read("dy", convolution.outputShape), .read("w", convolution.kernelShape), .write("dx", convolution.inputShape)]
  }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    Reference.convolutionDelta(convolution, dy: f[0].span, w: f[1].span, dx: f[2].mutableSpan)
  }

}

extension TensorOperation {
  /// dy, w to dx.
  public static func convolutionDelta(_ convolution: Convolution) -> Self {
    Self(ConvolutionDelta(convolution: convolution))
  }
}
