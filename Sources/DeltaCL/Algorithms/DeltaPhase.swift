/// The positions of an axis of dx that share the kernel taps which reach them.
///
/// Position i receives dy at p = (i + before - tap * dilation) / stride, for the taps where that is whole. These depend on
/// `(i + before) mod stride` alone; for each such phase the delta is a correlation at unit stride.
struct DeltaPhase: Hashable, Sendable {
  /// The first position of the phase; the others follow at the stride's distance.
  let first: Int
  /// The number of positions.
  let count: Int
  /// The taps that reach the phase: `firstTap + m * tapStep` for m in `0..<taps`.
  let firstTap: Int
  let tapStep: Int
  let taps: Int
  /// Where in dy the last tap reads for the phase's first position; may be negative.
  let start: Int
  /// The distance in dy from one tap to the one before.
  let step: Int

  /// The first index of dy after all that the phase reads.
  var end: Int { start + (taps - 1) * step + count }

  /// The phases that taps reach, in the order of their first tap; the delta is 0 at all other positions.
  static func all(_ axis: WindowAxis) -> [DeltaPhase] {
    let tapStep = axis.stride / greatestCommonDivisor(axis.stride, axis.dilation)
    return (0..<min(tapStep, axis.window)).compactMap { firstTap in
      let remainder = (firstTap * axis.dilation - axis.before) % axis.stride
      let first = remainder < 0 ? remainder + axis.stride : remainder
      guard first < axis.size else { return nil }
      let taps = (axis.window - 1 - firstTap) / tapStep + 1
      let step = tapStep * axis.dilation / axis.stride
      return DeltaPhase(
        first: first, count: (axis.size - 1 - first) / axis.stride + 1, firstTap: firstTap, tapStep: tapStep,
        taps: taps,
        start: (first + axis.before - firstTap * axis.dilation) / axis.stride - (taps - 1) * step, step: step)
    }
  }

  /// The most phases of a delta, each of which takes a launch: far more than any network's kernels have taps.
  private static let maximumCount = 1024

  /// The phases of both axes, and whether every position belongs to one.
  ///
  /// - Throws: ``DeltaCLError`` (`tooLarge`) if there are too many.
  static func grid(
    _ convolution: Convolution
  ) throws(DeltaCLError) -> (rows: [DeltaPhase], columns: [DeltaPhase], coverAll: Bool) {
    let rows = all(convolution.rowAxis), columns = all(convolution.columnAxis)
    let count = rows.count * columns.count
    guard count <= maximumCount else {
      throw DeltaCLError(
        .tooLarge,
        "convolution-delta: a stride of \(convolution.stride) with a kernel of \(convolution.kernelSize) makes "
          + "\(count) phases, more than \(maximumCount); use a smaller stride")
    }
    let positions =
      min(convolution.stride.rows, convolution.inputSize.rows)
      * min(convolution.stride.columns, convolution.inputSize.columns)
    return (rows, columns, count == positions)
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
  }
}
