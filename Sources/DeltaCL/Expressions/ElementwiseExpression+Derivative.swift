extension ElementwiseExpression {
  /// The partial derivative by an input, a formula of the same inputs.
  ///
  /// Where a function has a step or a bend it is the derivative of one side; of rounding and comparisons it is 0.
  ///
  /// - Parameter index: The input's position.
  public func derivative(byInput index: Int) -> Self { nonzeroDerivative(byInput: index) ?? 0 }

  /// The partial derivative by an input; `nil` if it is 0 whatever the inputs.
  func nonzeroDerivative(byInput index: Int) -> Self? {
    let (_, derivative): (Self, Self?) = rebuilt { node, steps in
      switch node {
      case .input(let input): return (.input(input), input == index ? .constant(1) : nil)
      case .constant(let bits): return (.constant(Float(bitPattern: bits)), nil)
      case .unary(let function, let position):
        let x = steps[position], y = Self.unary(function, x.0)
        return (y, x.1.flatMap { function.derivative(x.0, y, $0) })
      case .binary(let function, let first, let second):
        let a = steps[first], b = steps[second], y = Self.binary(function, a.0, b.0)
        return (y, function.derivative(a.0, b.0, y, a.1, b.1))
      case .where(let condition, let first, let second):
        let a = steps[first], b = steps[second]
        return (
          .where(steps[condition].0, a.0, b.0), BinaryFunction.choice(steps[condition].0, a.1, b.1)
        )
      }
    }
    return derivative
  }
}
