extension TensorOperation {
  /// y = value.
  public static func fill(count: Int, value: Float) -> Self { Self(Fill(count: count, value: value)) }

  /// A tensor of equal elements.
  public struct Fill: Operation {
    /// The number of elements.
    public let count: Int
    /// What each element becomes.
    public let value: Float

    var name: String { "fill" }
    var operands: [Operand] { [.write("y", [count])] }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.fill(count: count, value: Double(value), y: f[0].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      LaunchList(planner.fill(.operand(0), count: count, value: value))
    }

    /// Nothing is read.
    func differentiate(in scope: inout some DifferentiationScope) {}
  }
}
