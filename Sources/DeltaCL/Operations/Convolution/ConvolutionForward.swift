extension TensorOperation {
  /// x, w (and b with `bias`) to y.
  public static func convolution(_ convolution: Convolution, bias: Bool) -> Self {
    Self(ConvolutionForward(convolution: convolution, hasBias: bias))
  }

  /// The forward pass of a convolution.
  public struct ConvolutionForward: ConvolutionOperation {
    /// The geometry.
    public let convolution: Convolution
    /// Whether a bias is added.
    public let hasBias: Bool

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
      if hasBias { try scope.contribute(convolution.biasGradient, [dy], to: 2) }
      try scope.contribute(.convolutionDelta(convolution), [dy, scope.operand(1)], to: 0)
    }

    static let command = OperationCommand(
      "convolution", attributes: Convolution.attributes + OperationAttribute.epilogue,
      tensors: [.tensor("x", "[N, H, W, C]"), .tensor("w", "[K, R, S, C / groups]"), .optional("b")], results: ["y"]
    ) { arguments in
      let (x, w) = try (arguments.shape("x"), arguments.shape("w"))
      let channels = try Convolution.inputChannels(of: w, arguments)
      guard x.innermost == channels else {
        throw DeltaCLError(
          .mismatch,
          "x has \(x.innermost) channels and w takes \(channels) (\(w.innermost) for each of \(try arguments.groups) groups)"
        )
      }
      let convolution = try Convolution(
        arguments, batch: x.outermost, inputSize: x.imageSize, inputChannels: channels, outputChannels: w.outermost,
        kernelSize: w.imageSize)
      return [.convolution(convolution, bias: arguments.has("b"))]
    }
  }
}
