extension TensorOperation {
  /// x to y and argmax.
  public static func maxPooling(_ pooling: Pooling) -> Self { Self(MaxPooling(pooling: pooling)) }

  /// The forward pass of max pooling.
  public struct MaxPooling: Operation {
    /// The windows.
    public let pooling: Pooling

    var name: String { "max-pooling" }
    var operands: [Operand] {
      [.read("x", pooling.inputShape), .write("y", pooling.outputShape), .write("argmax", pooling.outputShape, .int32)]
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.maxPooling(pooling, x: f[0].span, y: f[1].mutableSpan, argmax: i[2].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList { planner.maxPooling(pooling) }

    func differentiate(in scope: inout some DifferentiationScope) throws {
      guard let dy = try scope.resultDelta() else { return }
      try scope.contribute(.maxPoolingDelta(pooling), [dy, scope.operand(2)], to: 0)
    }

    static let command = OperationCommand(
      "max-pooling", attributes: [.window, .poolingStride, .padding, .dilation, .ceilMode],
      tensors: [.tensor("x", "[N, H, W, C]")], results: ["y", OperationResult("argmax", "row * W + column")]
    ) { arguments in [.maxPooling(try Pooling(arguments, arguments.shape("x")))] }
  }
}
