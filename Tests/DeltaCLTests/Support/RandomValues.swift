/// Reproducible test data: SplitMix64.
struct RandomValues: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Integers as floats, so small that sums of a few thousand products of two of them are exact in any order.
  mutating func integers(_ count: Int, _ range: ClosedRange<Int> = -4...4) -> [Float] {
    (0..<count).map { _ in Float(Int.random(in: range, using: &self)) }
  }

  mutating func floats(_ count: Int, _ range: ClosedRange<Float> = -1...1) -> [Float] {
    (0..<count).map { _ in Float.random(in: range, using: &self) }
  }

  mutating func doubles(_ count: Int, _ range: ClosedRange<Double> = -1...1) -> [Double] {
    (0..<count).map { _ in Double.random(in: range, using: &self) }
  }

  mutating func labels(_ count: Int, classes: Int) -> [Int32] {
    (0..<count).map { _ in Int32.random(in: 0..<Int32(classes), using: &self) }
  }

  mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[Int.random(in: choices.indices, using: &self)]
  }
}
