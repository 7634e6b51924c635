extension Reference {
  static func stridedCopy<Element: AdditiveArithmetic & BitwiseCopyable>(
    _ stridedCopy: StridedCopy, x: Span<Element>, y: consuming MutableSpan<Element>
  ) {
    for index in 0..<stridedCopy.outputShape.elementCount { y[index] = .zero }
    copy(stridedCopy.region, x: x, y: y)
  }

  /// Copies the elements of x to those of y, which are not touched elsewhere; sums are added to zeros.
  static func copy<Element: AdditiveArithmetic & BitwiseCopyable>(
    _ region: StridedRegion, x: Span<Element>, y: consuming MutableSpan<Element>
  ) {
    let isSum = region.axes.contains { $0.yStride == 0 && $0.extent > 1 }
    for place in 0..<region.count {
      let element = region.elements(at: place)
      y[element.y] = isSum ? y[element.y] + x[element.x] : x[element.x]
    }
  }
}
