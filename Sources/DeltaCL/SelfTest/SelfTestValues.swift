/// Reproducible values for a self-test's operands, from Philox4x32.
struct SelfTestValues {
  private var counter: UInt32 = 0

  private mutating func word() -> UInt32 {
    defer { counter += 1 }
    return Philox4x32.block(counter: SIMD4(counter, 0, 0, 0), key: SIMD2(0x5E1F, 0x7E57))[0]
  }

  /// Integers from -4 to 4 as floats, times `factor`: sums of a few thousand products of two of them are exact in any order.
  mutating func integers(_ count: Int, times factor: Float = 1) -> HostValues {
    HostValues((0..<count).map { _ in (Float(word() % 9) - 4) * factor })
  }

  /// Numbers in a range.
  mutating func floats(_ count: Int, _ range: ClosedRange<Float>) -> HostValues {
    HostValues(
      (0..<count).map { _ in range.lowerBound + Float(word() >> 8) * 0x1p-24 * (range.upperBound - range.lowerBound) })
  }

  /// An integer in a range of fewer than 2^32.
  mutating func integer(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(UInt64(word()) % (UInt64(range.upperBound - range.lowerBound) + 1))
  }

  /// What an operand may hold: numbers from -1 to 1, integers in its range or from -100 to 100.
  mutating func values(for operand: Operand) -> HostValues {
    let count = operand.shape.elementCount
    switch operand.elementType {
    case .float32: return floats(count, -1...1)
    case .int32:
      let range = (operand.range ?? -100..<101).clamped(to: Int(Int32.min)..<Int(Int32.max))
      return HostValues((0..<count).map { _ in range.isEmpty ? 0 : Int32(clamping: integer(in: ClosedRange(range))) })
    }
  }

  /// Labels of classes.
  mutating func labels(_ count: Int, classes: Int) -> HostValues {
    HostValues((0..<count).map { _ in Int32(word() % UInt32(classes)) })
  }
}
