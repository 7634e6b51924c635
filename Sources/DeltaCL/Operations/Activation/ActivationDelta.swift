extension TensorOperation {
  /// y, dy to dx.
  public static func activationDelta(_ function: Activation, count: Int) -> Self {
    Self(ActivationDelta(function: function, count: count))
  }

  /// The delta of what an activation was applied to.
  public struct ActivationDelta: Operation {
    /// The function.
    public let function: Activation
    /// The number of elements.
    public let count: Int

    var name: String { function.name + "-delta" }
    var expression: ElementwiseExpression? { function.deltaExpression(y: .input(0), dy: .input(1)) }
    var inPlaceOperands: [Int] { [1, 0] }
    var operands: [Operand] { [.read("y", [count]), .read("dy", [count]), .write("dx", [count])] }

    func validate() throws(DeltaCLError) { try function.validate() }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.activationDelta(function, count: count, y: f[0].span, dy: f[1].span, dx: f[2].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      LaunchList(planner.activationDelta(function, count: count))
    }

    /// The delta takes the function's result, which is computed from x.
    static func command(_ function: Activation) -> OperationCommand {
      OperationCommand(
        function.name + "-delta", attributes: function.attributes, tensors: [.anyShape("x"), .tensor("dy", like: "x")],
        results: [OperationResult("dx", like: "x")]
      ) { arguments in
        let (function, count) = try (function.with(slope: arguments.slope), arguments.shape("x").elementCount)
        return [.activation(function, count: count), .activationDelta(function, count: count)]
      }
    }
  }
}
