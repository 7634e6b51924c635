extension Reference {
  static func gather<Element: BitwiseCopyable>(
    _ gather: Gather, missing: Element, x: Span<Element>, indices: Span<Int32>, y: consuming MutableSpan<Element>
  ) {
    if gather.outputShape.elementCount == 0 { return }
    for outer in 0..<gather.outer {
      for k in 0..<gather.count {
        let row = gather.row(indices[k])
        for inner in 0..<gather.inner {
          y[(outer * gather.count + k) * gather.inner + inner] =
            row.map { x[(outer * gather.extent + $0) * gather.inner + inner] } ?? missing
        }
      }
    }
  }

  static func scatterAdd(
    _ gather: Gather, x: Span<Double>, indices: Span<Int32>, y: consuming MutableSpan<Double>
  ) {
    for index in 0..<gather.inputShape.elementCount { y[index] = 0 }
    if gather.outputShape.elementCount == 0 { return }
    for outer in 0..<gather.outer {
      for k in 0..<gather.count {
        guard let row = gather.row(indices[k]) else { continue }
        for inner in 0..<gather.inner {
          y[(outer * gather.extent + row) * gather.inner + inner] +=
            x[(outer * gather.count + k) * gather.inner + inner]
        }
      }
    }
  }
}

extension Gather {
  /// The row that an index stands for; `nil` if it is out of range.
  fileprivate func row(_ index: Int32) -> Int? {
    let row = index < 0 ? Int(index) + extent : Int(index)
    return (0..<extent).contains(row) ? row : nil
  }
}
