extension TensorOperation {
  /// x, dy, weight (and bias with an `activation`), savedMean, savedInverseDeviation, savedMeanLow to dx, dweight and dbias. With
  /// an `activation` dy is the delta of what it made of the normalised values, which are computed again.
  public static func batchNormalizationDelta(
    _ normalization: BatchNormalization, activation: Activation? = nil
  ) -> Self {
    Self(BatchNormalizationDelta(normalization: normalization, activation: activation))
  }

  /// The delta and gradients of batch normalisation in training.
  public struct BatchNormalizationDelta: Operation {
    /// The sizes and parameters.
    public let normalization: BatchNormalization
    /// What is applied to the normalised values; `nil` for nothing.
    public let activation: Activation?

    var name: String { "batch-normalization-delta" }
    var inPlaceOperands: [Int] { [1] }

    var operands: [Operand] {
      let channels = normalization.channelShape
      return [.read("x", normalization.shape), .read("dy", normalization.shape), .read("weight", channels)]
        + (activation == nil ? [] : [.read("bias", channels)]) + [
          .read("savedMean", channels), .read("savedInverseDeviation", channels), .read("savedMeanLow", channels),
          .write("dx", normalization.shape), .write("dweight", channels), .write("dbias", channels),
        ]
    }

    func validate() throws(DeltaCLError) {
      try normalization.validateForTraining()
      try activation?.validate()
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      let saved = activation == nil ? 3 : 4
      Reference.batchNormalizationDelta(
        normalization, activation, x: f[0].span, dy: f[1].span, weight: f[2].span,
        bias: activation == nil ? nil : f[3].span, savedMean: f[saved].span,
        savedInverseDeviation: f[saved + 1].span, savedMeanLow: f[saved + 2].span, dx: f[saved + 3].mutableSpan,
        dweight: f[saved + 4].mutableSpan, dbias: f[saved + 5].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
      try planner.batchNormalizationDelta(normalization, activation: activation)
    }

    static let command = OperationCommand(
      "batch-normalization-delta", attributes: OperationAttribute.epilogue,
      tensors: [
        .anyShape("x"), .tensor("dy", like: "x"), .tensor("weight"), .optional("bias"), .tensor("savedMean"),
        .tensor("savedInverseDeviation"),
      ], results: [OperationResult("dx", like: "x"), "dweight", "dbias"],
      derived: [.init(name: "savedMeanLow", sources: ["x", "savedMean"]) { savedMeanLow(x: $0[0], savedMean: $0[1]) }]
    ) { arguments in
      try [.batchNormalizationDelta(BatchNormalization(arguments), activation: arguments.activation)]
    }

    /// What the mean of each channel has beyond `savedMean`, as far as that is its rounding.
    private static func savedMeanLow(x: [Float], savedMean: [Float]) -> [Float] {
      let channels = savedMean.count
      var sums = [Double](repeating: 0, count: channels)
      for (index, value) in x.enumerated() { sums[index % channels] += Double(value) }
      let rows = Double(x.count / channels)
      return zip(sums, savedMean).map { sum, mean in
        let low = Float(sum / rows - Double(mean))
        return abs(low) <= 2 * mean.ulp ? low : 0
      }
    }
  }
}
