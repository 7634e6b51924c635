/// A matrix that is computed when its elements are asked for, and remembers how: until then a chain of functions is one formula.
final class Matrix<E: Engine> {
  /// How a matrix comes about.
  enum Origin {
    case values
    case constant(Float)
    case function(Function, [Matrix])
    /// The matrix product, of which the first or the second factor may be transposed.
    case product(Matrix, Matrix, transposesFirst: Bool, transposesSecond: Bool)
    case sum(Matrix)
  }

  let engine: E
  let extents: Extents
  let origin: Origin
  private var known: E.Values?

  init(_ origin: Origin, _ extents: Extents, on engine: E) {
    self.origin = origin
    self.extents = extents
    self.engine = engine
  }

  /// A matrix of these elements, row by row.
  convenience init(_ floats: [Float], rows: Int, columns: Int, on engine: E) throws {
    self.init(.values, Extents(rows: rows, columns: columns), on: engine)
    known = try engine.values(floats, extents)
  }

  /// The elements, row by row.
  func floats() throws -> [Float] { try engine.floats(values()) }

  /// Computes the elements, once.
  func values() throws -> E.Values {
    if let known { return known }
    let values =
      switch origin {
      case .product(let a, let b, let transposesA, let transposesB):
        try engine.product(
          (a.values(), a.extents), transposed: transposesA, (b.values(), b.extents), transposed: transposesB)
      case .sum(let x): try engine.sum((x.values(), x.extents), extents)
      case .values, .constant, .function:
        try elementwise()
      }
    known = values
    return values
  }

  /// Computes all functions since the last known matrices, products and sums in one go.
  private func elementwise() throws -> E.Values {
    var inputs: [Matrix] = []
    let formula = formula(&inputs)
    return try engine.elementwise(formula, inputs.map { (try $0.values(), $0.extents) }, extents)
  }

  private func formula(_ inputs: inout [Matrix]) -> Formula {
    switch origin {
    case .constant(let value): return .constant(value)
    case .function(let function, let arguments) where known == nil:
      return .function(function, arguments.map { $0.formula(&inputs) })
    case .values, .function, .product, .sum:
      if let index = inputs.firstIndex(where: { $0 === self }) { return .input(index) }
      inputs.append(self)
      return .input(inputs.count - 1)
    }
  }
}
