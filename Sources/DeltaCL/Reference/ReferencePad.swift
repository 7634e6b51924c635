extension Reference {
  static func pad<Element: BitwiseCopyable>(
    _ pad: Pad, value: Element, x: Span<Element>, y: consuming MutableSpan<Element>
  ) {
    for index in 0..<pad.outputShape.elementCount { y[index] = pad.source(of: index).map { x[$0] } ?? value }
  }

  static func padDelta(_ pad: Pad, dy: Span<Double>, dx: consuming MutableSpan<Double>) {
    for index in 0..<pad.inputShape.elementCount { dx[index] = 0 }
    for index in 0..<pad.outputShape.elementCount {
      if let source = pad.source(of: index) { dx[source] += dy[index] }
    }
  }
}

extension Pad {
  /// The element of x that an element of y is; `nil` if it is the constant.
  fileprivate func source(of element: Int) -> Int? {
    let strides = inputShape.strides
    var (source, rest) = (0, element)
    for axis in inputShape.dimensions.indices.reversed() {
      let (outer, index) = rest.quotientAndRemainder(dividingBy: outputShape.dimensions[axis])
      guard let place = mode.source(index - before[axis], extent: inputShape.dimensions[axis]) else { return nil }
      source += place * strides[axis]
      rest = outer
    }
    return source
  }
}
