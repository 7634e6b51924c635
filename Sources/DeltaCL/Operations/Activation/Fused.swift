extension TensorOperation {
  /// An operation that ``acceptsEpilogue`` and, in the same pass over memory, what follows it. Its operands are those of the
  /// operation, then those of the epilogue.
  public static func fused(_ operation: TensorOperation, _ epilogue: Epilogue) -> Self {
    Self(Fused(operation: operation, epilogue: epilogue))
  }

  /// An operation with an epilogue.
  public struct Fused: Operation {
    /// The operation.
    public let operation: TensorOperation
    /// What follows it.
    public let epilogue: Epilogue

    var name: String { "\(operation.name)+\(epilogue.name)" }
    var floatingPointOperations: Int { operation.floatingPointOperations }
    var inPlaceOperands: [Int] { operation.inPlaceOperands }
    var shapeText: String { operation.shapeText }
    var convolutionPass: ConvolutionPass? { operation.convolutionPass }

    var expression: ElementwiseExpression? {
      operation.expression.map { value in
        switch epilogue {
        case .activation(let function): function.expression(value)
        case .activationDelta(let function):
          function.deltaExpression(y: .input(operation.operands.count(where: { $0.access == .read })), dy: value)
        }
      }
    }

    /// The position of what the operation writes first.
    private var result: Int? { operation.operands.firstIndex { $0.access == .write } }

    var operands: [Operand] {
      let operands = operation.operands
      guard case .activationDelta = epilogue, let result else { return operands }
      return operands + [.read("activated", operands[result].shape)]
    }

    func validate() throws(DeltaCLError) {
      guard operation.acceptsEpilogue else {
        throw DeltaCLError(.invalidDescriptor, "\(operation.name) cannot be fused with \(epilogue.name)")
      }
      try operation.validate()
      try epilogue.activation.validate()
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) throws {
      try operation.computeReference(floats: f, integers: i)
      if let result { Reference.finish(epilogue, f[result].mutableSpan, activated: f[f.count - 1].span) }
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
      try operation.launches(planner, epilogue)
    }
  }
}
