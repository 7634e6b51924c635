extension TensorOperation {
  /// kept `[1]`, x; updates average = x + kept * (average - x).
  public static func movingAverage(count: Int) -> Self { Self(MovingAverage(count: count)) }

  /// The exponential moving average of a tensor.
  public struct MovingAverage: Operation {
    /// The number of elements.
    public let count: Int

    var name: String { "moving-average" }
    var operands: [Operand] { [.read("kept", [1]), .read("x", [count]), .update("average", [count])] }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.movingAverage(count: count, kept: f[0][0], x: f[1].span, average: f[2].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      LaunchList(
        planner.update(
          "moving_average",
          ["scalars": .operand(0), "x": .operand(1), "average": .operand(2), "count": .int(count)], count: count))
    }
  }
}
