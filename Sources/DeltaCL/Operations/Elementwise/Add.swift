extension TensorOperation {
  /// a, b to y = a + b.
  public static func add(count: Int) -> Self { Self(Add(count: count)) }

  /// The sum of two tensors.
  public struct Add: Operation {
    /// The number of elements.
    public let count: Int

    var name: String { "add" }
    var expression: ElementwiseExpression? { .input(0) + .input(1) }
    var acceptsEpilogue: Bool { true }
    var inPlaceOperands: [Int] { [0, 1] }
    var operands: [Operand] { [.read("a", [count]), .read("b", [count]), .write("y", [count])] }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.add(count: count, a: f[0].span, b: f[1].span, y: f[2].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      LaunchList(
        planner.elementwise(
          "add", ["a": .operand(0), "b": .operand(1), "y": .operand(2), "count": .int(count)], count: count,
          epilogue: epilogue))
    }

    func differentiate(in scope: inout some DifferentiationScope) throws {
      guard let dy = try scope.resultDelta() else { return }
      scope.contribute(dy, to: 0)
      scope.contribute(dy, to: 1)
    }
  }
}
