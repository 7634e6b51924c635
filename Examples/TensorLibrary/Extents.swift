/// Rows and columns of a matrix.
struct Extents: Hashable {
  let rows: Int
  let columns: Int

  var count: Int { rows * columns }
  var transposed: Extents { Extents(rows: columns, columns: rows) }

  /// The extents of an element by element result: a single row or column is repeated.
  func broadcast(with other: Extents) -> Extents {
    precondition(rows == other.rows || rows == 1 || other.rows == 1, "the rows of \(self) and \(other) differ")
    precondition(
      columns == other.columns || columns == 1 || other.columns == 1, "the columns of \(self) and \(other) differ")
    return Extents(rows: max(rows, other.rows), columns: max(columns, other.columns))
  }
}
