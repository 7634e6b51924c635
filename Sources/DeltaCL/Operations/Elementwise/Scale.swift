extension TensorOperation {
  /// x to y = factor * x.
  public static func scale(count: Int, factor: Float) -> Self { Self(Scale(count: count, factor: factor)) }

  /// A tensor times a number.
  public struct Scale: Operation {
    /// The number of elements.
    public let count: Int
    /// What each element is multiplied with.
    public let factor: Float

    var name: String { "scale" }
    var expression: ElementwiseExpression? { .constant(factor) * .input(0) }
    var inPlaceOperands: [Int] { [0] }
    var operands: [Operand] { [.read("x", [count]), .write("y", [count])] }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.scale(count: count, factor: Double(factor), x: f[0].span, y: f[1].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      LaunchList(
        planner.elementwise(
          "scale", ["x": .operand(0), "y": .operand(1), "count": .int(count), "factor": .float(factor)], count: count))
    }

    func differentiate(in scope: inout some DifferentiationScope) throws {
      guard let dy = try scope.resultDelta() else { return }
      try scope.contribute(.scale(count: count, factor: factor), [dy], to: 0)
    }
  }
}
