/// Copies and sums of strided elements; `Kernels/OpenCL/layout/strided.cl` explains the kernels.
extension Planner {
  private typealias Axis = StridedCopy.Axis

  /// The elements of a matrix that a work-item transposes: columns of x whose lines fill some of a page, and rows of them.
  private static let transposed = (rows: 256, columns: 64)
  /// The rows and columns that a work-group transposes, and its work-items.
  private static let localTranspose = (side: 32, items: 64)
  /// The least rows and columns that fill enough of these.
  private static let leastLocalSide = 8

  /// Appends the launches that copy x to y, or that add it with `accumulates`. Both may be the same memory if no element of it is
  /// both read and written.
  ///
  /// - Throws: ``DeltaCLError`` (`tooLarge`) if the partial sums are too large to index.
  func copy(
    _ region: StridedRegion, from x: Launch.Argument, to y: Launch.Argument, accumulates: Bool = false,
    _ list: inout LaunchList
  ) throws(DeltaCLError) {
    if region.isEmpty { return }
    let (region, summed) = region.collapsed
    if summed.isEmpty, !accumulates {
      list.append(transpose(region, from: x, to: y) ?? copyRows(region, from: x, to: y))
    } else {
      try sum(region, summed, from: x, to: y, accumulates, &list)
    }
  }

  private func copyRows(_ region: StridedRegion, from x: Launch.Argument, to y: Launch.Argument) -> Launch {
    let (arguments, items) = rows(region.axes)
    return launch("strided_copy", region, from: x, to: y, arguments, globalSize: items)
  }

  /// The launch for places that are matrices to be transposed; `nil` if they are none, or too small to gain by it.
  private func transpose(_ region: StridedRegion, from x: Launch.Argument, to y: Launch.Argument) -> Launch? {
    let least = itemsTakeAllChannels ? maximumVectorWidth : Self.leastLocalSide
    guard let row = region.axes.last, row.yStride == 1, row.xStride != 1, row.extent >= least,
      let index = region.axes.firstIndex(where: { $0.xStride == 1 }), region.axes[index].extent >= least
    else { return nil }
    var region = region
    let column = region.axes.remove(at: index)
    region.axes.insert(column, at: region.axes.count - 1)
    let matrices = region.axes.dropLast(2).reduce(1) { $0 * $1.extent }
    func pieces(_ rowsPerItem: Int, _ columnsPerItem: Int) -> (arguments: KernelArguments, count: Int) {
      let (rows, columns) = (ceilingDivision(row.extent, rowsPerItem), ceilingDivision(column.extent, columnsPerItem))
      return (["rowPieces": .int(rows), "columnPieces": .int(columns)], matrices * rows * columns)
    }
    if itemsTakeAllChannels {
      let (rows, columns) = Self.transposed
      let pieces = pieces(rows, columns)
      return launch(
        "strided_transpose", region, from: x, to: y,
        ["matrices": .int(matrices), "rowsPerItem": .int(rows), "columnsPerItem": .int(columns)] + pieces.arguments,
        globalSize: pieces.count)
    }
    let (side, items) = Self.localTranspose
    let pieces = pieces(side, side)
    return launch(
      "local_strided_transpose", region, from: x, to: y, pieces.arguments, globalSize: pieces.count * items,
      localSize: items)
  }

  /// Sums one axis after the other, those with many terms in parts, so that rounding errors keep to their bound.
  private func sum(
    _ region: StridedRegion, _ summed: [StridedCopy.Axis], from x: Launch.Argument, to y: Launch.Argument,
    _ accumulates: Bool, _ list: inout LaunchList
  ) throws(DeltaCLError) {
    var (region, x) = (region, x)
    var remaining = summed.isEmpty ? [Axis(extent: 1, xStride: 0, yStride: 0)] : summed
    while let axis = remaining.popLast() {
      let part = min(axis.extent, SumParts.longestChain(of: axis.extent))
      let parts = ceilingDivision(axis.extent, part)
      let isLast = remaining.isEmpty && parts == 1
      // Sums that are not complete lie in scratch, those of one place of y side by side for the places of the others.
      let extents = [parts] + remaining.map(\.extent) + region.axes.map(\.extent)
      let strides = Shape(extents).strides
      let to = try isLast ? y : list.scratch(.float32, Shape(extents).elementCount, for: "partial sums")
      let first = Axis(extent: parts, xStride: part * axis.xStride, yStride: isLast ? 0 : strides[0])
      let rest = zip(remaining, strides.dropFirst()).map {
        Axis(extent: $0.extent, xStride: $0.xStride, yStride: $1)
      }
      let inner = zip(region.axes, strides.dropFirst(1 + remaining.count)).map {
        Axis(extent: $0.extent, xStride: $0.xStride, yStride: isLast ? $0.yStride : $1)
      }
      // The first axis is that of the parts: others that the kernel has follow it.
      let others = padded(rest + inner, count: rank(covering: 1 + rest.count + inner.count) - 1)
      let places = StridedRegion(
        axes: [first] + others, xOffset: region.xOffset, yOffset: isLast ? region.yOffset : 0)
      let (arguments, items) = rows(places.axes)
      list.append(
        launch(
          "strided_sum", places, from: x, to: to,
          arguments + [
            "count": .int(axis.extent), "termStep": .int(axis.xStride), "part": .int(part),
            "accumulates": .flag(isLast && accumulates),
          ], globalSize: items))
      if isLast { return }
      x = to
      region.xOffset = 0
      region.axes = zip(region.axes, inner).map { Axis(extent: $0.extent, xStride: $1.yStride, yStride: $0.yStride) }
      remaining = rest.map { Axis(extent: $0.extent, xStride: $0.yStride, yStride: 0) }
      if parts > 1 { remaining.append(Axis(extent: parts, xStride: strides[0], yStride: 0)) }
    }
  }

  private func rows(_ axes: [StridedCopy.Axis]) -> (arguments: KernelArguments, items: Int) {
    shareRows(axes.dropLast().reduce(1) { $0 * $1.extent }, of: axes.last?.extent ?? 1)
  }

  /// How work-items share rows of a length, of which there is at least one of each, and their number.
  func shareRows(_ rows: Int, of length: Int) -> (arguments: KernelArguments, items: Int) {
    let piece = min(length, elementsPerItem)
    let pieces = ceilingDivision(length, piece), rowsPerItem = max(1, elementsPerItem / piece)
    return (
      ["rows": .int(rows), "rowsPerItem": .int(rowsPerItem), "pieces": .int(pieces), "piece": .int(piece)],
      pieces * ceilingDivision(rows, rowsPerItem)
    )
  }

  private func launch(
    _ kernel: String, _ region: StridedRegion, from x: Launch.Argument, to y: Launch.Argument,
    _ arguments: KernelArguments, globalSize: Int, localSize: Int? = nil
  ) -> Launch {
    let rank = rank(covering: region.axes.count)
    var given: KernelArguments = [
      "x": x, "y": y, "xOffset": .int(region.xOffset), "yOffset": .int(region.yOffset),
    ]
    for (index, axis) in padded(region.axes, count: rank).enumerated() {
      given.append("extent\(index)", .int(axis.extent))
      given.append("xStep\(index)", .int(axis.xStride))
      given.append("yStep\(index)", .int(axis.yStride))
    }
    return Launch(
      kernel, in: "layout/strided", constants: ["V": maximumVectorWidth, "RANK": rank], given + arguments,
      globalSize: [globalSize], localSize: localSize)
  }

  /// The axes of the smallest program that has as many.
  private func rank(covering count: Int) -> Int {
    StridedRegion.ranks.first { $0 >= count } ?? StridedRegion.maximumRank
  }

  /// Axes of one place before those that there are.
  private func padded(_ axes: [StridedCopy.Axis], count: Int) -> [StridedCopy.Axis] {
    [StridedCopy.Axis](repeating: Axis(extent: 1, xStride: 1, yStride: 1), count: max(0, count - axes.count)) + axes
  }
}
