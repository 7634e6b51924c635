extension TensorOperation {
  /// dy, argmax to dx: a gather from every window that chose a position.
  public static func maxPoolingDelta(_ pooling: Pooling) -> Self { Self(MaxPoolingDelta(pooling: pooling)) }

  /// The delta of max pooling's input.
  public struct MaxPoolingDelta: Operation {
    /// The windows.
    public let pooling: Pooling

    var name: String { "max-pooling-delta" }
    var acceptsEpilogue: Bool { true }

    var operands: [Operand] {
      let positions = 0..<pooling.inputSize.area
      return [
        .read("dy", pooling.outputShape), .read("argmax", pooling.outputShape, .int32, in: positions),
        .write("dx", pooling.inputShape),
      ]
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.maxPoolingDelta(pooling, dy: f[0].span, argmax: i[1].span, dx: f[2].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      planner.maxPoolingDelta(pooling, epilogue)
    }

    static let command = OperationCommand(
      "max-pooling-delta",
      attributes: [.window, .poolingStride, .padding, .dilation, .ceilMode, .inputSize] + OperationAttribute.epilogue,
      tensors: [.tensor("dy", "[N, P, Q, C]"), .tensor("argmax", .int32), .activated], results: ["dx"]
    ) { arguments in
      [.maxPoolingDelta(try Pooling(arguments, arguments.shape("dy"), inputSize: arguments.inputSize))]
    }
  }
}
