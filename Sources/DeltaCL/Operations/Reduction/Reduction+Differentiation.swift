extension TensorOperation.Reduction {
  func differentiate(in scope: inout some DifferentiationScope) throws {
    guard let dy = try scope.resultDelta() else { return }
    guard !function.isPosition else { throw scope.notDifferentiable(name) }
    guard scope.wantsDelta(of: 0) else { return }
    let x = scope.operand(0), y = scope.operand(1)
    switch function {
    case .sum: try contribute(.input(0), [dy], in: &scope)
    case .mean: try contribute(.input(0) / .constant(Float(terms)), [dy], in: &scope)
    case .maximum, .minimum:
      // Elements that are equal share the delta.
      let isChosen = try append(.equal(.input(0), .input(1)), [x, y], in: &scope)
      let count = try total(.sum, of: isChosen, in: &scope)
      try contribute(.where(.input(0), .input(2) / .input(1), 0), each: isChosen, [count, dy], in: &scope)
    case .product:
      // The product of all other elements, also where one of these is 0.
      let others = try total(
        .product, of: append(.where(.equal(.input(0), 0), 1, .input(0)), [x, y], in: &scope), in: &scope)
      let zeros = try total(.sum, of: append(.equal(.input(0), 0), [x, y], in: &scope), in: &scope)
      let factor: ElementwiseExpression = .where(
        .equal(.input(2), 0), .input(1) / .input(0),
        .where(.equal(.input(0), 0) * .equal(.input(2), 1), .input(1), 0))
      try contribute(factor * .input(3), each: x, [others, zeros, dy], in: &scope)
    case .l1:
      let sign = ElementwiseExpression.abs(.input(0)).derivative(byInput: 0)
      try contribute(sign * .input(1), each: x, [dy], in: &scope)
    case .l2:
      try contribute(
        .where(.equal(.input(1), 0), 0, .input(0) / .input(1) * .input(2)), each: x, [y, dy], in: &scope)
    case .logSumExp: try contribute(.exp(.input(0) - .input(1)) * .input(2), each: x, [y, dy], in: &scope)
    case .argMax, .argMin: break
    }
  }

  /// Adds a formula of the elements of a tensor of x's shape, if there is one, and of those of the results to the delta of x.
  private func contribute<Scope: DifferentiationScope>(
    _ formula: ElementwiseExpression, each element: Scope.Value? = nil, _ results: [Scope.Value], in scope: inout Scope
  ) throws {
    let shapes = (element == nil ? [] : [shape]) + results.map { _ in keptShape }
    try scope.contribute(
      .elementwise(formula, inputs: shapes, broadcastTo: shape), (element.map { [$0] } ?? []) + results, to: 0)
  }

  /// Appends a formula of the elements of x and of the results.
  private func append<Scope: DifferentiationScope>(
    _ formula: ElementwiseExpression, _ inputs: [Scope.Value], in scope: inout Scope
  ) throws -> Scope.Value {
    try scope.append(.elementwise(formula, inputs: [shape, keptShape]), inputs)[0]
  }

  /// Appends another reduction along the same axes.
  private func total<Scope: DifferentiationScope>(
    _ function: Function, of value: Scope.Value, in scope: inout Scope
  ) throws -> Scope.Value {
    try scope.append(.reduction(function, shape: shape, axes: axes), [value])[0]
  }
}
