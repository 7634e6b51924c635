infix operator • : MultiplicationPrecedence

extension Matrix {
  static func + (a: Matrix, b: Matrix) -> Matrix { a.combined(.add, b) }
  static func - (a: Matrix, b: Matrix) -> Matrix { a.combined(.subtract, b) }
  static func * (a: Matrix, b: Matrix) -> Matrix { a.combined(.multiply, b) }
  static func * (factor: Float, x: Matrix) -> Matrix { x.constant(factor) * x }
  static prefix func - (x: Matrix) -> Matrix { x.applying(.negate) }

  /// The matrix product.
  static func • (a: Matrix, b: Matrix) -> Matrix { a.product(b) }

  func tanh() -> Matrix { applying(.tanh) }
  func sigmoid() -> Matrix { applying(.sigmoid) }
  func softplus() -> Matrix { applying(.softplus) }

  /// The mean of all elements.
  func mean() -> Matrix { (1 / Float(extents.count)) * sum(to: Extents(rows: 1, columns: 1)) }

  /// A number, as a matrix of one element.
  func constant(_ value: Float) -> Matrix { Matrix(.constant(value), Extents(rows: 1, columns: 1), on: engine) }

  /// The matrix product with this one or the other one transposed.
  func product(_ other: Matrix, transposesFirst: Bool = false, transposesSecond: Bool = false) -> Matrix {
    let first = transposesFirst ? extents.transposed : extents
    let second = transposesSecond ? other.extents.transposed : other.extents
    precondition(first.columns == second.rows, "a matrix of \(first) cannot be multiplied with one of \(second)")
    return Matrix(
      .product(self, other, transposesFirst: transposesFirst, transposesSecond: transposesSecond),
      Extents(rows: first.rows, columns: second.columns), on: engine)
  }

  /// The sums along what `extents` has one of only.
  func sum(to extents: Extents) -> Matrix {
    extents == self.extents ? self : Matrix(.sum(self), extents, on: engine)
  }

  /// The same with rows or columns repeated.
  func repeated(to extents: Extents) -> Matrix {
    extents == self.extents ? self : Matrix(.function(.identity, [self]), extents, on: engine)
  }

  private func applying(_ function: Function) -> Matrix { Matrix(.function(function, [self]), extents, on: engine) }

  private func combined(_ function: Function, _ other: Matrix) -> Matrix {
    Matrix(.function(function, [self, other]), extents.broadcast(with: other.extents), on: engine)
  }
}
