extension TensorOperation {
  /// x0, x1 and so on to y, each of whose elements is what an expression makes of the inputs' elements there.
  ///
  /// Shapes are broadcast as in NumPy: they are aligned at the innermost axis, and an input is repeated along axes that it does
  /// not have or where its extent is 1. All is computed in one pass over memory, however many functions there are.
  ///
  /// - Parameters:
  ///   - expression: The formula.
  ///   - inputs: The shapes of the inputs.
  ///   - shape: The shape of the result, if that of the inputs together is to be broadcast further.
  /// - Throws: ``DeltaCLError`` (`mismatch`) if the shapes do not broadcast, (`invalidDescriptor`) if the expression reads an
  ///   input that there is not, or has more inputs or constants than a kernel can take.
  public static func elementwise(
    _ expression: ElementwiseExpression, inputs: [Shape], broadcastTo shape: Shape? = nil
  ) throws(DeltaCLError) -> Self {
    Self(try Elementwise(expression, inputs: inputs, broadcastTo: shape))
  }

  /// A formula for each element.
  public struct Elementwise: Operation {
    /// The formula.
    public let formula: ElementwiseExpression
    /// The shapes of what it reads.
    public let inputs: [Shape]
    /// The shape of the result.
    public let shape: Shape

    /// What every device takes: OpenCL guarantees 1024 bytes of arguments.
    private static let most = (inputs: 32, constants: 128)

    init(
      _ expression: ElementwiseExpression, inputs: [Shape], broadcastTo shape: Shape? = nil
    ) throws(DeltaCLError) {
      formula = expression
      self.inputs = inputs
      for (index, input) in inputs.enumerated() { try input.validate("elementwise: x\(index)") }
      let own = try BroadcastForm.shape(of: inputs, "elementwise")
      self.shape = shape ?? own
      try self.shape.validate("elementwise: y")
      if let shape {
        guard (try? BroadcastForm.shape(of: [own, shape], "elementwise")) == shape else {
          throw DeltaCLError(.mismatch, "elementwise: inputs of shape \(own) cannot be broadcast to \(shape)")
        }
      }
      let read = expression.inputs
      if let input = read.first(where: { !inputs.indices.contains($0) }) {
        throw DeltaCLError(
          .invalidDescriptor, "elementwise: the expression reads input \(input), and there are \(inputs.count) inputs")
      }
      guard inputs.count <= Self.most.inputs, expression.constants.count <= Self.most.constants else {
        throw DeltaCLError(
          .invalidDescriptor,
          "elementwise: \(inputs.count) inputs and \(expression.constants.count) constants are more than the "
            + "\(Self.most.inputs) and \(Self.most.constants) that a kernel takes: compute it in several operations")
      }
    }

    var name: String { "elementwise" }
    var expression: ElementwiseExpression? { formula }

    /// A result takes the place of an input of its shape.
    var inPlaceOperands: [Int] { inputs.indices.filter { inputs[$0].elementCount == shape.elementCount } }

    var operands: [Operand] {
      inputs.enumerated().map { .read("x\($0)", $1) } + [.write("y", shape)]
    }

    func computeReference(floats f: [ReferenceFloats], integers i: [ReferenceIntegers]) {
      Reference.elementwise(
        formula, BroadcastForm(inputs, to: shape), inputs: Array(f.prefix(inputs.count)),
        y: f[inputs.count].mutableSpan)
    }

    func launches(_ planner: Planner, _ epilogue: EpilogueBinding) -> LaunchList {
      if shape.elementCount == 0 { return LaunchList() }
      let form = BroadcastForm(inputs, to: shape)
      let kernel = ExpressionKernel(formula, form)
      let group = min(form.length, planner.elementsPerItem)
      let rowsPerItem = max(1, planner.elementsPerItem / group)
      return LaunchList(
        Launch(
          "expression", in: "elementwise/expression", definitions: kernel.definitions,
          // Rows are as long as there are channels, a single one is as long as the tensor.
          constants: [
            "V": form.rows == 1 ? planner.maximumVectorWidth : planner.vectorWidth(within: form.length)
          ],
          kernel.arguments(result: inputs.count) + [
            "rows": .int(form.rows), "columns": .int(form.length), "group": .int(group),
            "rowsPerItem": .int(rowsPerItem),
          ], globalSize: [ceilingDivision(form.length, group) * ceilingDivision(form.rows, rowsPerItem)]))
    }

    func differentiate(in scope: inout some DifferentiationScope) throws {
      guard let dy = try scope.resultDelta() else { return }
      for index in inputs.indices where scope.wantsDelta(of: index) {
        guard let derivative = formula.nonzeroDerivative(byInput: index) else { continue }
        var delta = dy
        if derivative != 1 {
          // Only what the derivative reads.
          let read = derivative.inputs
          let product = derivative.substituting { .input(read.firstIndex(of: $0) ?? 0) } * .input(read.count)
          delta = try scope.append(
            .elementwise(product, inputs: read.map { inputs[$0] } + [shape]),
            read.map { scope.operand($0) } + [dy])[0]
        }
        let repeated = repeatedAxes(of: inputs[index])
        if !repeated.isEmpty {
          delta = try scope.append(.reduction(.sum, shape: shape, axes: repeated), [delta])[0]
        }
        scope.contribute(delta, to: index)
      }
    }

    /// The axes of the result along which an input is repeated.
    private func repeatedAxes(of input: Shape) -> [Int] {
      let missing = shape.dimensions.count - input.dimensions.count
      return shape.dimensions.indices.filter { axis in
        shape.dimensions[axis] != 1 && (axis < missing || input.dimensions[axis - missing] == 1)
      }
    }
  }
}
