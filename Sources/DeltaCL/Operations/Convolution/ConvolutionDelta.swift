extension TensorOperation {
  /// dy, w to dx.
  public static func convolutionDelta(_ convolution: Convolution) -> Self {
    Self(ConvolutionDelta(convolution: convolution))
  }

  /// The delta of a convolution's input.
  public struct ConvolutionDelta: ConvolutionOperation {
    /// The geometry.
    public let convolution: Convolution

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

    static let command = OperationCommand(
      "convolution-delta", attributes: Convolution.attributes + [.inputSize] + OperationAttribute.epilogue,
      tensors: [.tensor("dy", "[N, P, Q, K]"), .tensor("w", "[K, R, S, C / groups]"), .activated], results: ["dx"]
    ) { arguments in
      let (dy, w) = try (arguments.shape("dy"), arguments.shape("w"))
      let convolution = try Convolution(
        arguments, batch: dy.outermost, inputSize: arguments.inputSize,
        inputChannels: Convolution.inputChannels(of: w, arguments), outputChannels: w.outermost, kernelSize: w.imageSize
      )
      return [.convolutionDelta(convolution)]
    }
  }
}
