extension TensorOperation {
  /// x to y = x.
  public static func copy(count: Int) -> Self { Self(Copy(count: count)) }

  /// The same elements once more.
  public struct Copy: Operation {
    /// The number of elements.
    public let count: Int

    var name: String { "copy" }
    var inPlaceOperands: [Int] { [0] }
    var operands: [Operand] { [.read("x", [count]), .write("y", [count])] }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.copy(count: count, x: f[0].span, y: f[1].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      LaunchList(
        planner.elementwise("copy", ["x": .operand(0), "y": .operand(1), "count": .int(count)], count: count))
    }

    func differentiate(in scope: inout some DifferentiationScope) throws {
      guard let dy = try scope.resultDelta() else { return }
      scope.contribute(dy, to: 0)
    }
  }
}
