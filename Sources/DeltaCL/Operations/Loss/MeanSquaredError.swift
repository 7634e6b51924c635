extension TensorOperation {
  /// y, target to the mean loss and dy = 2 (y - target) / count; the mean over nothing is NaN.
  public static func meanSquaredError(count: Int) -> Self { Self(MeanSquaredError(count: count)) }

  /// The mean of squared differences, and its delta.
  public struct MeanSquaredError: Operation {
    /// The number of elements.
    public let count: Int

    var name: String { "mean-squared-error" }
    var operands: [Operand] {
      [.read("y", [count]), .read("target", [count]), .write("loss", [1]), .write("dy", [count])]
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.meanSquaredError(
        count: count, y: f[0].span, target: f[1].span, loss: f[2].mutableSpan, dy: f[3].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
      var list = LaunchList()
      let blocks = ceilingDivision(count, planner.elementsPerItem)
      let losses = try list.scratch(.float32, blocks, for: "losses")
      list.append(
        planner.loss(
          "mean_squared_error",
          [
            "y": .operand(0), "target": .operand(1), "losses": losses, "dy": .operand(3), "count": .int(count),
            "part": .int(SumParts.longestChain(of: count)),
          ], globalSize: [blocks]))
      list.append(planner.mean(losses, count: blocks, divisor: count, into: .operand(2)))
      return list
    }

    func differentiate(in scope: inout some DifferentiationScope) throws {
      if scope.isLoss(2) { scope.contribute(scope.operand(3), to: 0) }
    }
  }
}
