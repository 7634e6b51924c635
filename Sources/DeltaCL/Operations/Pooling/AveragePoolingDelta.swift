extension TensorOperation {
  /// dy to dx.
  public static func averagePoolingDelta(_ average: AveragePooling) -> Self {
    Self(AveragePoolingDelta(average: average))
  }

  /// The delta of average pooling's input.
  public struct AveragePoolingDelta: Operation {
    /// The windows.
    public let average: AveragePooling

    var name: String { "average-pooling-delta" }
    var acceptsEpilogue: Bool { true }

    var operands: [Operand] {
      [.read("dy", average.pooling.outputShape), .write("dx", average.pooling.inputShape)]
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.averagePoolingDelta(average, dy: f[0].span, dx: f[1].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      planner.averagePoolingDelta(average, epilogue)
    }

    static let command = OperationCommand(
      "average-pooling-delta",
      attributes: [.window, .poolingStride, .padding, .countIncludePadding, .ceilMode, .inputSize]
        + OperationAttribute.epilogue, tensors: [.tensor("dy", "[N, P, Q, C]"), .activated], results: ["dx"]
    ) { arguments in
      let pooling = try Pooling(arguments, arguments.shape("dy"), inputSize: arguments.inputSize)
      return [.averagePoolingDelta(try AveragePooling(pooling, countsPadding: arguments.countIncludePadding))]
    }

    static let globalCommand = OperationCommand(
      "global-average-pooling-delta", attributes: [.inputSize] + OperationAttribute.epilogue,
      tensors: [.tensor("dy", "[N, P, Q, C]"), .activated], results: ["dx"]
    ) { arguments in
      let pooling = try Pooling(
        arguments, arguments.shape("dy"), inputSize: arguments.inputSize, isGlobal: true)
      return [.averagePoolingDelta(try AveragePooling(pooling))]
    }
  }
}
