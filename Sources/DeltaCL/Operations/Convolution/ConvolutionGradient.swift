extension TensorOperation {
  /// x, dy to dw.
  public static func convolutionGradient(_ convolution: Convolution) -> Self {
    Self(ConvolutionGradient(convolution: convolution))
  }

  /// The gradient of a convolution's kernels.
  public struct ConvolutionGradient: ConvolutionOperation {
    /// The geometry.
    public let convolution: Convolution

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

    static let command = OperationCommand(
      "convolution-gradient", attributes: Convolution.attributes + [.kernelSize],
      tensors: [.tensor("x", "[N, H, W, C]"), .tensor("dy", "[N, P, Q, K]")], results: ["dw", "db"]
    ) { arguments in
      let (x, dy) = try (arguments.shape("x"), arguments.shape("dy"))
      let convolution = try Convolution(
        arguments, batch: x.outermost, inputSize: x.imageSize, inputChannels: x.innermost, outputChannels: dy.innermost,
        kernelSize: arguments.kernelSize)
      return [.convolutionGradient(convolution), convolution.biasGradient]
    }
  }
}
