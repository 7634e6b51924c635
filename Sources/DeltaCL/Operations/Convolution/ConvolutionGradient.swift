/// The gradient of a convolution's kernels.
struct ConvolutionGradient: ConvolutionOperation {
  let convolution: Convolution

  var name: String { "convolution-gradient" }
  var floatingPointOperations: Int { convolution.floatingPointOperations }
  var shapeText: String { convolution.shapeText }
  var convolutionPass: ConvolutionPass? { ConvolutionPass(direction: .gradient, convolution: convolution) }

  var operands: [Operand] {
    [.read("x", convolution.inputShape), .read("dy", convolution.outputShape), .write("dw", convolution.kernelShape)]
  }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    Reference.convolutionGradient(convolution, x: f[0].span, dy: f[1].span, dw: f[2].mutableSpan)
  }

}

extension TensorOperation {
  /// x, dy to dw.
  public static func convolutionGradient(_ convolution: Convolution) -> Self {
    Self(ConvolutionGradient(convolution: convolution))
  }
}
