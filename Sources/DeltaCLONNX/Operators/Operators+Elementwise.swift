import DeltaCL
import DeltaCLNetworks
import DeltaCLSystem

/// Functions of single elements, whose shapes are broadcast.
extension Operators {
  typealias Formula = ElementwiseExpression

  static let elementwise: [String: Lower] = {
    var operators: [String: Lower] = [
      "Relu": { node, lowering in try activation(node, &lowering, .relu) },
      "Sigmoid": { node, lowering in try activation(node, &lowering, .sigmoid) },
      "Tanh": { node, lowering in try activation(node, &lowering, .tanh) },
      "LeakyRelu": { node, lowering in
        try activation(node, &lowering, .leakyReLU(slope: node.float("alpha", otherwise: 0.01)))
      },
      "Elu": { node, lowering in
        let alpha = try node.float("alpha", otherwise: 1)
        try unary(node, &lowering) { .elu($0, alpha: .constant(alpha)) }
      },
      "Celu": { node, lowering in
        let alpha = try node.float("alpha", otherwise: 1)
        try unary(node, &lowering) { .celu($0, alpha: .constant(alpha)) }
      },
      "Selu": { node, lowering in
        let alpha = Formula.constant(try node.float("alpha", otherwise: 1.67326319217681884765625))
        let gamma = Formula.constant(try node.float("gamma", otherwise: 1.05070102214813232421875))
        try unary(node, &lowering) { gamma * .elu($0, alpha: alpha) }
      },
      "HardSigmoid": { node, lowering in
        let (alpha, beta) = (try node.float("alpha", otherwise: 0.2), try node.float("beta", otherwise: 0.5))
        try unary(node, &lowering) { .clip($0 * .constant(alpha) + .constant(beta), 0, 1) }
      },
      "Gelu": { node, lowering in
        let approximation = try node.text("approximate") ?? "none"
        try unary(node, &lowering) { approximation == "tanh" ? .geluTanh($0) : .gelu($0) }
      },
      "Clip": clip,
    ]
    let functions: [String: @Sendable (Formula) -> Formula] = [
      "HardSwish": { .hardSwish($0) }, "Softplus": { .softplus($0) }, "Softsign": { .softsign($0) },
      "Mish": { .mish($0) }, "Erf": { .erf($0) }, "Exp": { .exp($0) }, "Log": { .log($0) }, "Sqrt": { .sqrt($0) },
      "Abs": { .abs($0) }, "Neg": { -$0 }, "Reciprocal": { 1 / $0 }, "Floor": { .floor($0) }, "Ceil": { .ceil($0) },
      "Round": { .round($0) },
    ]
    for (name, function) in functions { operators[name] = { try unary($0, &$1, function) } }
    let pairs: [String: @Sendable (Formula, Formula) -> Formula] = [
      "Add": { $0 + $1 }, "Sub": { $0 - $1 }, "Mul": { $0 * $1 }, "Div": { $0 / $1 }, "Pow": { .power($0, $1) },
      "PRelu": { .prelu($0, slope: $1) },
    ]
    for (name, function) in pairs {
      operators[name] = { node, lowering in
        let (a, b) = (try lowering.value(node, 0), try lowering.value(node, 1))
        if try ShapeArithmetic.combine(node, a, b, &lowering) { return }
        try elementwise(node, [a, b], &lowering) { function($0[0], $0[1]) }
      }
    }
    let folds: [String: @Sendable (Formula, Formula) -> Formula] = [
      "Sum": { $0 + $1 }, "Mean": { $0 + $1 }, "Min": { .minimum($0, $1) }, "Max": { .maximum($0, $1) },
    ]
    for (name, function) in folds {
      operators[name] = { node, lowering in
        let known = lowering
        let values = try node.inputs.indices.map { try known.value(node, $0) }
        guard !values.isEmpty else { throw node.malformed("has no inputs") }
        try elementwise(node, values, &lowering) { terms in
          let all = terms.dropFirst().reduce(terms[0], function)
          return name == "Mean" ? all / .constant(Float(terms.count)) : all
        }
      }
    }
    return operators
  }()

  private static func unary(_ node: Node, _ lowering: inout Lowering, _ function: (Formula) -> Formula) throws {
    try elementwise(node, [lowering.value(node, 0)], &lowering) { function($0[0]) }
  }

  /// An activation that operations can apply as their epilogue.
  private static func activation(_ node: Node, _ lowering: inout Lowering, _ function: Activation) throws {
    let x = try lowering.tensor(node, lowering.value(node, 0))
    let y = try lowering.append(node, .activation(function, count: x.value.shape.elementCount), x.value)
    try lowering.set(node, y.reshaped(x.value.shape), x.shape, x.layout)
  }

  private static func clip(_ node: Node, _ lowering: inout Lowering) throws {
    func bound(_ index: Int, _ name: String) throws -> Float? {
      if let value = try lowering.knownFloats(node, index, name)?.floats {
        guard value.count == 1 else { throw node.malformed("\(name) must be one number") }
        return value[0]
      }
      return node.has(name) ? try node.float(name, otherwise: 0) : nil
    }
    let (least, greatest) = (try bound(1, "min"), try bound(2, "max"))
    if least == 0, greatest == 6 { return try activation(node, &lowering, .relu6) }
    try unary(node, &lowering) { x in
      let raised = least.map { .maximum(x, .constant($0)) } ?? x
      return greatest.map { .minimum(raised, .constant($0)) } ?? raised
    }
  }

  /// Computes a formula of values, whose layout the result has where all that have four axes agree.
  static func elementwise(
    _ node: Node, _ values: [LoweredValue], _ lowering: inout Lowering, _ formula: ([Formula]) -> Formula
  ) throws {
    var terms: [Formula] = []
    var operands: [LoweredValue] = []
    var shape: [Int] = []
    for value in values {
      guard let both = Operators.broadcast(shape, value.shape) else {
        throw node.malformed(
          "the shapes [\(Excerpt.list(shape))] and [\(Excerpt.list(value.shape))] cannot be broadcast")
      }
      shape = both
      // Single numbers become part of the kernel.
      if case .constant(let constant) = value, let floats = constant.floats, floats.count == 1 {
        terms.append(.constant(floats[0]))
      } else {
        terms.append(.input(operands.count))
        operands.append(value)
      }
    }
    if operands.isEmpty, let first = values.first {
      terms[0] = .input(0)
      operands = [first]
    }
    let layouts = operands.map { if case .tensor(let tensor) = $0 { tensor.layout } else { LoweredTensor.Layout.same } }
    let isImage = shape.count == 4 && layouts.contains(.channelsLast)
    let isAlone = operands.count == 1 && operands[0].shape == shape
    var inputs: [GraphValue] = []
    for operand in operands {
      inputs.append(
        isImage
          ? try lowering.channelsLast(node, operand)
          : isAlone ? try lowering.tensor(node, operand).value : try lowering.inOrder(node, operand))
    }
    // Extents of 1 that only single numbers have.
    let target = isImage ? Shape([shape[0], shape[2], shape[3], shape[1]]) : isAlone ? inputs[0].shape : Shape(shape)
    let operation = try TensorOperation.elementwise(formula(terms), inputs: inputs.map(\.shape), broadcastTo: target)
    let y = try lowering.append(node, operation, inputs)
    try lowering.set(node, y, shape, isImage ? .channelsLast : isAlone ? layouts[0] : .same)
  }

  /// The shape that two are broadcast to; `nil` if there is none.
  static func broadcast(_ a: [Int], _ b: [Int]) -> [Int]? {
    let rank = max(a.count, b.count)
    let (a, b) = (
      [Int](repeating: 1, count: rank - a.count) + a, [Int](repeating: 1, count: rank - b.count) + b
    )
    guard zip(a, b).allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else { return nil }
    return zip(a, b).map { $0 == 1 ? $1 : $0 }
  }
}
