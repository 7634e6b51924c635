extension Reference {
  static func matmul(_ matmul: Matmul, a: Span<Double>, b: Span<Double>, y: consuming MutableSpan<Double>) {
    let (rows, columns, terms) = (matmul.rows, matmul.columns, matmul.terms)
    if matmul.outputShape.elementCount == 0 { return }
    let matrices = matmul.matrices
    for matrix in 0..<matrices.count {
      let (aStart, bStart) = (matrices.a.elements(at: matrix).x, matrices.b.elements(at: matrix).x)
      for row in 0..<rows {
        for column in 0..<columns {
          var sum = 0.0
          for term in 0..<terms {
            sum +=
              a[aStart + (matmul.transposesA ? term * rows + row : row * terms + term)]
              * b[bStart + (matmul.transposesB ? column * terms + term : term * columns + column)]
          }
          y[(matrix * rows + row) * columns + column] = sum
        }
      }
    }
  }
}
