extension TensorOperation {
  /// x, weight, bias to y, savedMean, savedInverseDeviation and savedMeanLow with the statistics of x; updates runningMean and
  /// runningVariance. savedMeanLow is the mean less savedMean, which the mean's last digits do not fit into if it is large
  /// beside the deviation.
  public static func batchNormalization(_ normalization: BatchNormalization) -> Self {
    Self(BatchNormalizationForward(normalization: normalization))
  }

  /// Batch normalisation in training.
  public struct BatchNormalizationForward: Operation {
    /// The sizes and parameters.
    public let normalization: BatchNormalization

    var name: String { "batch-normalization" }
    var acceptsEpilogue: Bool { true }

    var operands: [Operand] {
      let channels = normalization.channelShape
      return [
        .read("x", normalization.shape), .read("weight", channels), .read("bias", channels),
        .update("runningMean", channels), .update("runningVariance", channels), .write("y", normalization.shape),
        .write("savedMean", channels), .write("savedInverseDeviation", channels), .write("savedMeanLow", channels),
      ]
    }

    func validate() throws(DeltaCLError) { try normalization.validateForTraining() }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.batchNormalization(
        normalization, x: f[0].span, weight: f[1].span, bias: f[2].span, runningMean: f[3].mutableSpan,
        runningVariance: f[4].mutableSpan, y: f[5].mutableSpan, savedMean: f[6].mutableSpan,
        savedInverseDeviation: f[7].mutableSpan, savedMeanLow: f[8].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
      try planner.batchNormalization(normalization, epilogue)
    }

    func differentiate(in scope: inout some DifferentiationScope) throws {
      guard let dy = try scope.resultDelta() else { return }
      let deltas = try scope.append(
        .batchNormalizationDelta(normalization),
        [scope.operand(0), dy, scope.operand(1), scope.operand(6), scope.operand(7), scope.operand(8)])
      for (index, delta) in deltas.enumerated() { scope.contribute(delta, to: index) }
    }

    static let command = OperationCommand(
      "batch-normalization", attributes: [.epsilon, .momentum] + OperationAttribute.epilogue,
      tensors: [
        .anyShape("x"), .tensor("weight"), .tensor("bias"), .tensor("runningMean"), .tensor("runningVariance"),
      ],
      results: [
        OperationResult("y", like: "x"), "savedMean", "savedInverseDeviation", "runningMean", "runningVariance",
      ]
    ) { arguments in [.batchNormalization(try BatchNormalization(arguments))] }
  }
}
