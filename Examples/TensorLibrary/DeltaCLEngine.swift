import DeltaCL

/// A device of DeltaCL's: a formula, however long, becomes one kernel.
final class DeltaCLEngine: Engine {
  private let backend: any Backend

  var description: String { "\(backend)" }

  /// Opens the best device of this machine; `nil` if it has none that the library's own loops would not do as well as.
  init?(selecting selector: String) throws {
    let candidate = try Backends.choose(selector).candidate
    guard candidate.kind != .reference else { return nil }
    backend = try Backends.open(candidate)
  }

  func values(_ floats: [Float], _ extents: Extents) throws -> Tensor {
    try Tensor(floats, shape: extents.shape, on: backend)
  }

  func floats(_ values: Tensor) throws -> [Float] { try values.floats() }

  func elementwise(_ formula: Formula, _ inputs: [(Tensor, Extents)], _ result: Extents) throws -> Tensor {
    try run(
      .elementwise(formula.expression, inputs: inputs.map(\.1.shape), broadcastTo: result.shape), inputs.map(\.0))
  }

  func product(
    _ a: (Tensor, Extents), transposed transposesA: Bool, _ b: (Tensor, Extents), transposed transposesB: Bool
  ) throws -> Tensor {
    let matmul = try Matmul(a.1.shape, b.1.shape, transposesA: transposesA, transposesB: transposesB)
    return try run(.matmul(matmul), [a.0, b.0])
  }

  func sum(_ x: (Tensor, Extents), _ result: Extents) throws -> Tensor {
    let axes = [0, 1].filter { x.1.shape.dimensions[$0] != result.shape.dimensions[$0] }
    return try run(.reduction(.sum, shape: x.1.shape, axes: axes, keepingAxes: true), [x.0])
  }

  private func run(_ operation: TensorOperation, _ inputs: [Tensor]) throws -> Tensor {
    try backend.run(operation, inputs)[0]
  }
}

extension Extents {
  fileprivate var shape: Shape { [rows, columns] }
}

extension Formula {
  fileprivate var expression: ElementwiseExpression {
    switch self {
    case .input(let index): .input(index)
    case .constant(let value): .constant(value)
    case .function(let function, let arguments): function.expression(arguments.map(\.expression))
    }
  }
}

extension Function {
  fileprivate func expression(_ x: [ElementwiseExpression]) -> ElementwiseExpression {
    switch self {
    case .identity: x[0]
    case .negate: -x[0]
    case .tanh: .tanh(x[0])
    case .sigmoid: .sigmoid(x[0])
    case .softplus: .softplus(x[0])
    case .add: x[0] + x[1]
    case .subtract: x[0] - x[1]
    case .multiply: x[0] * x[1]
    }
  }
}
