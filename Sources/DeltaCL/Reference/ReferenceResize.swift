extension Reference {
  static func resize(_ resize: Resize, x: Span<Double>, y: consuming MutableSpan<Double>) {
    for index in 0..<resize.outputShape.elementCount {
      var sum = 0.0
      for (element, weight) in resize.neighbours(of: index) { sum += weight * x[element] }
      y[index] = resize.mode == .nearest ? x[resize.neighbours(of: index)[0].element] : sum
    }
  }

  static func resizeDelta(_ resize: Resize, dy: Span<Double>, dx: consuming MutableSpan<Double>) {
    for index in 0..<resize.inputShape.elementCount { dx[index] = 0 }
    for index in 0..<resize.outputShape.elementCount {
      for (element, weight) in resize.neighbours(of: index) { dx[element] += weight * dy[index] }
    }
  }
}

extension Resize {
  /// The elements of x that an element of y is made of, with their weights.
  fileprivate func neighbours(of index: Int) -> [(element: Int, weight: Double)] {
    let channel = index % channels, pixel = index / channels
    let q = pixel % outputSize.columns, p = pixel / outputSize.columns % outputSize.rows
    let n = pixel / outputSize.area
    let rows = neighbours(of: p, axes.rows), columns = neighbours(of: q, axes.columns)
    return rows.flatMap { row in
      columns.map { column in
        (
          ((n * inputSize.rows + row.place) * inputSize.columns + column.place) * channels + channel,
          row.weight * column.weight
        )
      }
    }
  }

  /// Those along an axis.
  private func neighbours(of index: Int, _ axis: ResizeAxis) -> [(place: Int, weight: Double)] {
    let (first, f) = axis.place(of: index)
    func inside(_ offset: Int) -> Int { min(axis.inputs - 1, max(0, first + offset)) }
    switch mode {
    case .nearest: return [(inside(0), 1)]
    case .bilinear: return [(inside(0), 1 - f), (inside(1), f)]
    case .bicubic:
      let a = -0.75
      func near(_ t: Double) -> Double { ((a + 2) * t - (a + 3)) * t * t + 1 }
      func far(_ t: Double) -> Double { ((a * t - 5 * a) * t + 8 * a) * t - 4 * a }
      return [(inside(-1), far(1 + f)), (inside(0), near(f)), (inside(1), near(1 - f)), (inside(2), far(2 - f))]
    }
  }
}
