extension TensorOperation {
  /// x, weight, bias, runningMean, runningVariance to y.
  public static func batchNormalizationInference(_ normalization: BatchNormalization) -> Self {
    Self(BatchNormalizationInference(normalization: normalization))
  }

  /// Batch normalisation by running statistics.
  public struct BatchNormalizationInference: Operation {
    /// The sizes and parameters.
    public let normalization: BatchNormalization

    var name: String { "batch-normalization-inference" }
    var acceptsEpilogue: Bool { true }
    var inPlaceOperands: [Int] { [0] }

    var operands: [Operand] {
      let channels = normalization.channelShape
      return [
        .read("x", normalization.shape), .read("weight", channels), .read("bias", channels),
        .read("runningMean", channels), .read("runningVariance", channels), .write("y", normalization.shape),
      ]
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.batchNormalizationInference(
        normalization, x: f[0].span, weight: f[1].span, bias: f[2].span, runningMean: f[3].span,
        runningVariance: f[4].span, y: f[5].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
      try planner.batchNormalizationInference(normalization, epilogue)
    }

    static let command = OperationCommand(
      "batch-normalization-inference", attributes: [.epsilon] + OperationAttribute.epilogue,
      tensors: [
        .anyShape("x"), .tensor("weight"), .tensor("bias"), .tensor("runningMean"), .tensor("runningVariance"),
      ], results: [OperationResult("y", like: "x")]
    ) { arguments in [.batchNormalizationInference(try BatchNormalization(arguments))] }
  }
}
