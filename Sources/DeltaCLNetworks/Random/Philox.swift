import DeltaCL
import Foundation

/// The counter-based generator Philox4x32-10: the same numbers for the same seed and stream, on every backend and machine.
///
/// The seed is the key and the stream one half of the counter, so that streams of one seed are independent of each other
/// whatever number of values each of them draws.
///
/// John K. Salmon, Mark A. Moraes, Ron O. Dror and David E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public struct Philox: RandomNumberGenerator, Sendable {
  /// What a sequence of random numbers is for.
  public struct Stream: Hashable, Sendable {
    let identifier: UInt64

    private init(purpose: UInt64, index: Int) {
      identifier = purpose << 56 | UInt64(truncatingIfNeeded: index) & (1 << 56 - 1)
    }

    /// The initial values of a network's parameter.
    public static func initialization(parameter: Int) -> Stream { Stream(purpose: 1, index: parameter) }
    /// The order of the examples in an epoch.
    public static func shuffling(epoch: Int) -> Stream { Stream(purpose: 2, index: epoch) }
    /// How an example is augmented in an epoch.
    public static func augmentation(epoch: Int, example: Int) -> Stream {
      Stream(purpose: 3, index: epoch &<< 32 &+ example)
    }
    /// Which examples of a class are set apart to validate with.
    public static func validation(label: Int) -> Stream { Stream(purpose: 16, index: label) }
    /// Anything else.
    public static func custom(_ index: Int) -> Stream { Stream(purpose: 255, index: index) }
  }

  private let key: SIMD2<UInt32>
  private var counter: SIMD4<UInt32>
  private var block = SIMD4<UInt32>()
  private var used = 4

  /// Creates a generator at the start of a stream.
  public init(seed: UInt64, stream: Stream) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    counter = SIMD4(
      0, 0, UInt32(truncatingIfNeeded: stream.identifier), UInt32(truncatingIfNeeded: stream.identifier >> 32))
  }

  /// The next 32 random bits.
  public mutating func nextWord() -> UInt32 {
    if used == 4 {
      block = nextBlock()
      used = 0
    }
    defer { used += 1 }
    return block[used]
  }

  private mutating func nextBlock() -> SIMD4<UInt32> {
    defer {
      counter[0] &+= 1
      if counter[0] == 0 { counter[1] &+= 1 }
    }
    return Philox4x32.block(counter: counter, key: key)
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    let low = UInt64(nextWord())
    return low | UInt64(nextWord()) << 32
  }

  /// Skips `count` words.
  public mutating func skip(words count: UInt64) {
    let blocks = UInt64(counter[0]) | UInt64(counter[1]) << 32
    let (quotient, remainder) = (count / 4, Int(count % 4))
    // `used` words of the block before the counter were drawn.
    let drawn = used + remainder
    let passed = blocks &+ quotient &+ (drawn > 4 ? 1 : 0)
    used = drawn > 4 ? drawn - 4 : drawn
    counter[0] = UInt32(truncatingIfNeeded: passed)
    counter[1] = UInt32(truncatingIfNeeded: passed >> 32)
    if used < 4 {
      let current = passed &- 1
      block = Philox4x32.block(
        counter: SIMD4(
          UInt32(truncatingIfNeeded: current), UInt32(truncatingIfNeeded: current >> 32), counter[2], counter[3]),
        key: key)
    }
  }

  /// The words that ``uniform()`` draws.
  static let wordsOfUniform = 1
  /// The words that ``normal()`` draws.
  static let wordsOfNormal = 4

  /// Draws values on all cores: the same ones as one after the other.
  ///
  /// - Parameters:
  ///   - words: What `draw` draws for each value.
  ///   - draw: Draws a value.
  mutating func fill(
    _ values: UnsafeMutableBufferPointer<Float>, wordsForEach words: Int, _ draw: @Sendable (inout Philox) -> Float
  ) {
    let length = 1 << 16
    let start = self
    // The parts do not overlap.
    nonisolated(unsafe) let values = values
    CheckedThread.forEach(below: (values.count + length - 1) / length) { part in
      var generator = start
      let range = part * length..<min(values.count, (part + 1) * length)
      generator.skip(words: UInt64(range.lowerBound) * UInt64(words))
      for index in range { values.initializeElement(at: index, to: draw(&generator)) }
    }
    skip(words: UInt64(values.count) * UInt64(words))
  }

  /// A number of 24 random bits, uniform in `0..<1`.
  public mutating func uniform() -> Float {
    Float(nextWord() >> 8) * 0x1p-24
  }

  /// A number from the normal distribution of mean 0 and deviation 1, by Box and Muller's transform.
  public mutating func normal() -> Float {
    // A whole block, which for most is the next one.
    let words = used == 4 ? nextBlock() : SIMD4(nextWord(), nextWord(), nextWord(), nextWord())
    let radius = 1 - Double((UInt64(words[0]) | UInt64(words[1]) << 32) >> 11) * 0x1p-53
    let angle = Double((UInt64(words[2]) | UInt64(words[3]) << 32) >> 11) * 0x1p-53
    return Float((-2 * log(radius)).squareRoot() * cos(2 * .pi * angle))
  }

  /// An unbiased integer in `0..<bound`, by Lemire's method; 0 if the bound is not positive.
  public mutating func integer(below bound: Int) -> Int {
    guard bound > 0 else { return 0 }
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// The integers `0..<count` in random order, by Fisher and Yates' shuffle.
  public mutating func shuffled(_ count: Int) -> [Int] {
    var order = Array(0..<max(0, count))
    for last in order.indices.dropFirst().reversed() {
      order.swapAt(last, integer(below: last + 1))
    }
    return order
  }
}
