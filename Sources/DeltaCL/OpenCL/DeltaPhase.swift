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
  var end: Int { taps == 0 ? 0 : start + (taps - 1) * step + count }

  /// The phases that have positions.
  static func all(_ axis: WindowAxis) -> [DeltaPhase] {
    let divisor = greatestCommonDivisor(axis.stride, axis.dilation)
    return (0..<min(axis.stride, axis.size)).map { first in
      let offset = first + axis.before
      let tapStep = axis.stride / divisor
      let firstTap = (0..<tapStep).first { (offset - $0 * axis.dilation) % axis.stride == 0 }
      let taps = firstTap.map { $0 < axis.window ? (axis.window - 1 - $0) / tapStep + 1 : 0 } ?? 0
      let step = tapStep * axis.dilation / axis.stride
      let start = taps == 0 ? 0 : (offset - (firstTap ?? 0) * axis.dilation) / axis.stride - (taps - 1) * step
      return DeltaPhase(
        first: first, count: (axis.size - 1 - first) / axis.stride + 1, firstTap: firstTap ?? 0, tapStep: tapStep,
        taps: taps, start: start, step: step)
    }
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
    b == 0 ? a : greatestCommonDivisor(b, a % b)
  }
}
