extension TensorOperation.Elementwise {
  private typealias Expression = ElementwiseExpression

  /// A function with the name that it has in `deltacl op`, the names of what it reads, and its formula.
  private struct Function: Sendable {
    let name: String
    let tensors: [String]
    var attributes: [OperationAttribute] = []
    let formula: @Sendable (OperationArguments) throws(DeltaCLError) -> Expression

    /// A function without attributes.
    init(_ name: String, _ tensors: [String], _ formula: Expression) {
      self.name = name
      self.tensors = tensors
      self.formula = { _ in formula }
    }

    /// A function of one tensor.
    init(
      _ name: String, _ attributes: [OperationAttribute],
      formula: @escaping @Sendable (OperationArguments) throws(DeltaCLError) -> Expression
    ) {
      self.name = name
      self.tensors = ["x"]
      self.attributes = attributes
      self.formula = formula
    }
  }

  private static let x = Expression.input(0)
  private static let (a, b, c) = (Expression.input(0), Expression.input(1), Expression.input(2))

  /// The functions of one tensor, in the order in which help lists them.
  private static let unaryFormulas: [(String, Expression)] = [
    ("abs", .abs(x)), ("neg", -x), ("exp", .exp(x)), ("expm1", .expm1(x)), ("log", .log(x)), ("log1p", .log1p(x)),
    ("sqrt", .sqrt(x)), ("rsqrt", .rsqrt(x)), ("erf", .erf(x)), ("erfc", .erfc(x)), ("softplus", .softplus(x)),
    ("softsign", .softsign(x)), ("silu", .silu(x)), ("mish", .mish(x)), ("selu", .selu(x)),
    ("hard-sigmoid", .hardSigmoid(x)), ("hard-swish", .hardSwish(x)),
  ]

  private static let unaryFunctions: [Function] =
    unaryFormulas.map { Function($0, ["x"], $1) } + [
      Function("elu", [.alpha]) { arguments throws(DeltaCLError) in .elu(x, alpha: .constant(try arguments.alpha)) },
      Function("celu", [.alpha]) { arguments throws(DeltaCLError) in .celu(x, alpha: .constant(try arguments.alpha)) },
      Function("gelu", [.approximate]) { arguments throws(DeltaCLError) in
        try arguments.approximate == "tanh" ? .geluTanh(x) : .gelu(x)
      },
      Function("clip", [.minimum, .maximum]) { arguments throws(DeltaCLError) in
        .clip(x, .constant(try arguments.minimum), .constant(try arguments.maximum))
      },
    ]

  /// Those whose delta is 0.
  private static let stepFormulas: [(String, Expression)] = [
    ("floor", .floor(x)), ("ceil", .ceil(x)), ("round", .round(x)),
  ]

  /// The functions of two tensors, whose shapes are broadcast.
  private static let binaryFormulas: [(String, Expression)] = [
    ("add", a + b), ("subtract", a - b), ("multiply", a * b), ("divide", a / b), ("power", .power(a, b)),
    ("minimum", .minimum(a, b)), ("maximum", .maximum(a, b)), ("equal", .equal(a, b)), ("not-equal", .notEqual(a, b)),
    ("less", .less(a, b)), ("less-or-equal", .lessOrEqual(a, b)), ("greater", .greater(a, b)),
    ("greater-or-equal", .greaterOrEqual(a, b)),
  ]

  private static let otherFunctions: [Function] = [
    Function("where", ["condition", "a", "b"], .where(a, b, c)),
    Function("prelu", ["x", "slope"], .prelu(a, slope: b)),
  ]

  /// A command for each function, and for the delta of each that has one tensor.
  static let commands: [OperationCommand] =
    (stepFormulas.map { Function($0, ["x"], $1) } + unaryFunctions).map(command) + unaryFunctions.map(deltaCommand)
    + (binaryFormulas.map { Function($0, ["a", "b"], $1) } + otherFunctions).map(command)

  private static func command(_ function: Function) -> OperationCommand {
    let names = function.tensors.enumerated().map { ("x\($0)", $1) }
    return OperationCommand(
      function.name, attributes: function.attributes, tensors: function.tensors.map { .anyShape($0) }, results: ["y"],
      names: Dictionary(uniqueKeysWithValues: names)
    ) { arguments in
      let inputs = try function.tensors.map { try arguments.shape($0) }
      return [try .elementwise(function.formula(arguments), inputs: inputs)]
    }
  }

  private static func deltaCommand(_ function: Function) -> OperationCommand {
    OperationCommand(
      function.name + "-delta", attributes: function.attributes, tensors: [.anyShape("x"), .tensor("dy", like: "x")],
      results: ["dx"], names: ["x0": "x", "x1": "dy", "y": "dx"]
    ) { arguments in
      let x = try arguments.shape("x")
      let delta = try function.formula(arguments).derivative(byInput: 0) * .input(1)
      return [try .elementwise(delta, inputs: [x, x])]
    }
  }
}
