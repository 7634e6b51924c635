extension TensorOperation {
  /// Adds 1 to a counter `[1]`; after the greatest `int32` comes the least.
  public static var increment: Self { Self(Increment()) }

  /// A counter's next value.
  public struct Increment: Operation {
    var name: String { "increment" }
    var operands: [Operand] { [.update("counter", [1], .int32)] }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.increment(counter: i[0].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      LaunchList(Launch("increment", in: "random/dropout", ["counter": .operand(0)], globalSize: [1]))
    }
  }
}
