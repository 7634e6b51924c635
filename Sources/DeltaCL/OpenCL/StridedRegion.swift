/// The places of a ``StridedCopy``: an element of x and one of y for each.
struct StridedRegion: Hashable, Sendable {
  typealias Axis = StridedCopy.Axis

  /// The axes of the kernels' two programs, see `Kernels/OpenCL/layout/strided.cl`.
  static let ranks = [4, maximumRank]
  static let maximumRank = 16

  var axes: [Axis]
  var xOffset: Int
  var yOffset: Int

  /// Whether there are no places.
  var isEmpty: Bool { axes.contains { $0.extent == 0 } }

  /// The number of places.
  var count: Int { isEmpty ? 0 : axes.reduce(1) { $0 * $1.extent } }

  /// The same places with the roles of x and y exchanged.
  var adjoint: StridedRegion {
    StridedRegion(
      axes: axes.map { Axis(extent: $0.extent, xStride: $0.yStride, yStride: $0.xStride) }, xOffset: yOffset,
      yOffset: xOffset)
  }

  /// The elements of a place, the axes' last one counting fastest.
  func elements(at place: Int) -> (x: Int, y: Int) {
    var (x, y, rest) = (xOffset, yOffset, place)
    for axis in axes.reversed() {
      x += rest % axis.extent * axis.xStride
      y += rest % axis.extent * axis.yStride
      rest /= axis.extent
    }
    return (x, y)
  }

  /// The same places with as few axes as possible: those along y outermost first with positive strides, so that y is written in its
  /// order, and those that are summed.
  var collapsed: (region: StridedRegion, summed: [Axis]) {
    var (xOffset, yOffset) = (self.xOffset, self.yOffset)
    let along = axes.filter { $0.extent > 1 && $0.yStride != 0 }.map { axis in
      guard axis.yStride < 0 else { return axis }
      xOffset += (axis.extent - 1) * axis.xStride
      yOffset += (axis.extent - 1) * axis.yStride
      return Axis(extent: axis.extent, xStride: -axis.xStride, yStride: -axis.yStride)
    }
    let summed = axes.filter { $0.extent > 1 && $0.yStride == 0 }
    return (
      StridedRegion(
        axes: Self.merged(along.sorted { $0.yStride > $1.yStride }), xOffset: xOffset, yOffset: yOffset),
      Self.merged(summed.sorted { abs($0.xStride) > abs($1.xStride) })
    )
  }

  /// Neighbours as one where the outer one goes on where the inner one ends.
  private static func merged(_ axes: [Axis]) -> [Axis] {
    axes.reduce(into: []) { merged, axis in
      if let last = merged.last, last.xStride == axis.xStride * axis.extent, last.yStride == axis.yStride * axis.extent
      {
        merged[merged.count - 1] = Axis(
          extent: last.extent * axis.extent, xStride: axis.xStride, yStride: axis.yStride)
      } else {
        merged.append(axis)
      }
    }
  }
}

extension Shape {
  /// The distance in elements of two neighbours along each axis, the last one innermost. Without elements there is none.
  var strides: [Int] {
    if elementCount == 0 { return dimensions.map { _ in 0 } }
    var stride = 1
    return dimensions.reversed().map { extent in
      defer { stride *= extent }
      return stride
    }.reversed()
  }
}
