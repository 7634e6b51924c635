/// How near the results of a kernel must come to the reference's. NaN and infinities must always agree, and so must integers.
enum SelfTestTolerance: Hashable, Sendable {
  /// The same bits: for operations that do not round, and for sums of integers.
  case exact
  /// So much, and as much of the element.
  case relative(Float)
  /// 1e-4 of the root mean square of all elements: for Winograd's algorithm, which stays well within it.
  case transformed

  /// 1e-5, and as much of the element: for functions of numbers of the order of 1 that OpenCL rounds to within a few units in the last
  /// place, and for what is computed from them. Wrong indices, lanes or orders give errors of the order of the results.
  static let rounded = relative(1e-5)

  /// The positions at which `actual` is too far from `expected`.
  func mismatches(_ actual: HostValues, _ expected: HostValues) -> [Int] {
    let differing = actual.bits.indices.filter { actual.bits[$0] != expected.bits[$0] }
    guard self != .exact, actual.elementType == .float32 else { return differing }
    let values = expected.floats
    let squares = values.filter(\.isFinite).reduce(0.0) { $0 + Double($1) * Double($1) }
    let deviation = (squares / Double(max(values.count, 1))).squareRoot()
    return differing.filter { index in
      let (value, wanted) = (Double(Float(bitPattern: actual.bits[index])), Double(values[index]))
      guard wanted.isFinite else { return !(wanted.isNaN && value.isNaN) }
      let bound = if case .relative(let share) = self { Double(share) * (1 + abs(wanted)) } else { 1e-4 * deviation }
      // Also where the difference is no number.
      return !(abs(value - wanted) <= bound)
    }
  }
}
