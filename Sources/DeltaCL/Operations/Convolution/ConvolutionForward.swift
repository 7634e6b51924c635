/// The forward pass of a convolution.
struct ConvolutionForward: ConvolutionOperation {
  let convolution: Convolution
  let hasBias: Bool

  var name: String { "convolution" }
  var floatingPointOperations: Int { convolution.floatingPointOperations }
  var acceptsEpilogue: Bool { true }
  var shapeText: String { convolution.shapeText }
  var convolutionPass: ConvolutionPass? {
    ConvolutionPass(direction: .forward, convolution: convolution, hasBias: hasBias)
  }

  var operands: [Operand] {
    [.read("x", convolution.inputShape), .read("w", convolution.kernelShape)]
      + (hasBias ? [.read("b", convolution.biasShape)] : []) + [.write("y", convolution.outputShape)]
  }

  func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
    Reference.convolution(
      convolution, x: f[0].span, w: f[1].span, b: hasBias ? f[2].span : nil, y: f[hasBias ? 3 : 2].mutableSpan)
  }

  func differentiate(in scope: inout some DifferentiationScope) throws {
    guard let dy = try scope.resultDelta() else { return }
    try scope.contribute(.convolutionGradient(convolution), [scope.operand(0), dy], to: 1)
    if hasBias {
      let rows = convolution.batch * convolution.outputSize.rows * convolution.outputSize.columns
      try scope.contribute(.biasGradient(rows: rows, channels: convolution.outputChannels), [dy], to: 2)
    }
    try scope.contribute(.convolutionDelta(convolution), [dy, scope.operand(1)], to: 0)
  }
}

extension TensorOperation {
  /// x, w (and b with `bias`) to y.
  public static func convolution(_ convolution: Convolution, bias: Bool) -> Self {
    Self(ConvolutionForward(convolution: convolution, hasBias: bias))
  }
}
