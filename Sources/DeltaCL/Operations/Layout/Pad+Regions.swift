/// The strided copies that make up a padding: x goes to its place in y, and the borders are then copied from there, axis by axis from
/// the innermost one, so that each border has those of the axes before it.
extension Pad {
  /// Where x goes in y.
  var inside: StridedRegion {
    let yStrides = outputShape.strides
    return StridedRegion(
      axes: zip(inputShape.dimensions, zip(inputShape.strides, yStrides)).map {
        StridedCopy.Axis(extent: $0, xStride: $1.0, yStride: $1.1)
      }, xOffset: 0, yOffset: inputShape.elementCount == 0 ? 0 : zip(before, yStrides).reduce(0) { $0 + $1.0 * $1.1 })
  }

  /// Where the borders are copied from and to, both in y. None if they are constant.
  var borders: [StridedRegion] {
    if case .constant = mode { return [] }
    let extents = inputShape.dimensions, padded = outputShape.dimensions, strides = outputShape.strides
    return extents.indices.reversed().flatMap { axis in
      // Axes after this one are complete.
      let others = extents.indices.filter { $0 != axis }.map { other in
        let extent = other > axis ? padded[other] : extents[other]
        return StridedCopy.Axis(extent: extent, xStride: strides[other], yStride: strides[other])
      }
      let start = (0..<axis).reduce(0) { $0 + before[$1] * strides[$1] }
      let end = before[axis] + extents[axis]
      return (runs(axis, 0..<before[axis]) + runs(axis, end..<padded[axis])).map { run in
        StridedRegion(
          axes: others + [
            StridedCopy.Axis(extent: run.repeats, xStride: 0, yStride: period(axis) * strides[axis]),
            StridedCopy.Axis(extent: run.length, xStride: run.step * strides[axis], yStride: strides[axis]),
          ], xOffset: start + (before[axis] + run.source) * strides[axis],
          yOffset: start + run.first * strides[axis])
      }
    }
  }

  /// Places of a border that follow each other in x too, forwards, backwards or at one place, and again with each period.
  private struct Run {
    let first: Int
    let source: Int
    let step: Int
    let length: Int
    let repeats: Int
  }

  /// The places after which a border comes again.
  private func period(_ axis: Int) -> Int {
    switch mode {
    case .constant, .edge: outputShape.dimensions[axis]
    case .wrap: inputShape.dimensions[axis]
    case .reflect: 2 * (inputShape.dimensions[axis] - 1)
    }
  }

  /// The runs of a border, its places counted in y.
  private func runs(_ axis: Int, _ border: Range<Int>) -> [Run] {
    let extent = inputShape.dimensions[axis], period = period(axis)
    var runs: [Run] = []
    var first = border.lowerBound
    while first < min(border.upperBound, border.lowerBound + period) {
      let phase = (first - before[axis]).modulo(period)
      let source = mode.source(first - before[axis], extent: extent) ?? 0
      let (step, whole) =
        switch mode {
        case .constant, .edge: (0, border.count)
        case .wrap: (1, extent - phase)
        case .reflect: phase < extent - 1 ? (1, extent - 1 - phase) : (-1, period - phase)
        }
      let length = min(whole, border.lowerBound + period - first)
      // Whole runs in every period, and a last one that the border's end cuts off.
      let room = border.upperBound - length - first
      let repeats = room < 0 ? 0 : room / period + 1
      if repeats > 0 { runs.append(Run(first: first, source: source, step: step, length: length, repeats: repeats)) }
      let rest = first + repeats * period
      if rest < border.upperBound {
        runs.append(
          Run(first: rest, source: source, step: step, length: border.upperBound - rest, repeats: 1))
      }
      first += length
    }
    return runs
  }
}
