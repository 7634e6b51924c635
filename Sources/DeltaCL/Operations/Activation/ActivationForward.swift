extension TensorOperation {
  /// x to y.
  public static func activation(_ function: Activation, count: Int) -> Self {
    Self(ActivationForward(function: function, count: count))
  }

  /// An activation of each element.
  public struct ActivationForward: Operation {
    /// The function.
    public let function: Activation
    /// The number of elements.
    public let count: Int

    var name: String { function.name }
    var expression: ElementwiseExpression? { function.expression(.input(0)) }
    var inPlaceOperands: [Int] { [0] }
    var operands: [Operand] { [.read("x", [count]), .write("y", [count])] }

    func validate() throws(DeltaCLError) { try function.validate() }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.activation(function, count: count, x: f[0].span, y: f[1].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      LaunchList(planner.activation(function, count: count))
    }

    func differentiate(in scope: inout some DifferentiationScope) throws {
      guard let dy = try scope.resultDelta() else { return }
      try scope.contribute(.activationDelta(function, count: count), [scope.operand(1), dy], to: 0)
    }

    static func command(_ function: Activation) -> OperationCommand {
      OperationCommand(
        function.name, attributes: function.attributes, tensors: [.anyShape("x")],
        results: [OperationResult("y", like: "x")]
      ) { arguments in
        try [.activation(function.with(slope: arguments.slope), count: arguments.shape("x").elementCount)]
      }
    }
  }
}
