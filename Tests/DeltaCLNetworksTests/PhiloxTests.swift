import DeltaCL
import Foundation
import Testing

@testable import DeltaCLNetworks

@Suite struct PhiloxTests {
  /// The vectors of `philox4x32 10` in `kat_vectors` of the authors' Random123 library.
  @Test(arguments: [
    (
      SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0),
      SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
    ),
    (
      SIMD4<UInt32>(repeating: .max), SIMD2<UInt32>(repeating: .max),
      SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
    ),
    (
      SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), SIMD2(0xa409_3822, 0x299f_31d0),
      SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ])
  func knownAnswers(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>) {
    #expect(Philox4x32.block(counter: counter, key: key) == expected)
  }

  @Test func wordsAreTheBlocksOfAStreamInOrder() {
    let stream = Philox.Stream.custom(3)
    var generator = Philox(seed: 0x1_0000_0002, stream: stream)
    let words = (0..<9).map { _ in generator.nextWord() }
    let halves = (UInt32(truncatingIfNeeded: stream.identifier), UInt32(stream.identifier >> 32))
    let expected = (0..<3).flatMap { index in
      let block = Philox4x32.block(counter: SIMD4(UInt32(index), 0, halves.0, halves.1), key: SIMD2(2, 1))
      return (0..<4).map { block[$0] }
    }
    #expect(words == Array(expected.prefix(9)))
  }

  @Test func skippingIsDrawing() {
    for before in 0...5 {
      for count in [0, 1, 2, 3, 4, 5, 7, 8, 1001] {
        var drawn = Philox(seed: 3, stream: .custom(1))
        for _ in 0..<before { _ = drawn.nextWord() }
        var skipped = drawn
        for _ in 0..<count { _ = drawn.nextWord() }
        skipped.skip(words: UInt64(count))
        #expect((0..<5).map { _ in drawn.nextWord() } == (0..<5).map { _ in skipped.nextWord() })
      }
    }
    // Beyond 2^32 blocks.
    var far = Philox(seed: 3, stream: .custom(1))
    far.skip(words: 1 << 34)
    let halves = Philox.Stream.custom(1).identifier
    let block = Philox4x32.block(
      counter: SIMD4(0, 1, UInt32(truncatingIfNeeded: halves), UInt32(halves >> 32)), key: SIMD2(3, 0))
    #expect((0..<4).map { _ in far.nextWord() } == (0..<4).map { block[$0] })
  }

  @Test func streamsAndSeedsDiffer() {
    let streams: [Philox.Stream] = [
      .initialization(parameter: 0), .initialization(parameter: 1), .shuffling(epoch: 0), .shuffling(epoch: 1),
      .custom(0),
    ]
    var firsts: Set<UInt64> = []
    for seed in [0, 1, UInt64(1) << 32] {
      for stream in streams {
        var generator = Philox(seed: seed, stream: stream)
        firsts.insert(generator.next())
      }
    }
    #expect(firsts.count == 15)
  }

  @Test func uniformNumbersFillTheUnitInterval() {
    var generator = Philox(seed: 7, stream: .custom(0))
    let numbers = (0..<100_000).map { _ in generator.uniform() }
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 && $0 * 0x1p24 == ($0 * 0x1p24).rounded() })
    let mean = numbers.reduce(0.0) { $0 + Double($1) } / 100_000
    let variance = numbers.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / 100_000
    #expect(abs(mean - 0.5) < 0.005)
    #expect(abs(variance - 1.0 / 12) < 0.002)
  }

  @Test func normalNumbersHaveTheirMoments() {
    var generator = Philox(seed: 7, stream: .custom(0))
    let numbers = (0..<100_000).map { _ in Double(generator.normal()) }
    let moments = (1...4).map { power in
      numbers.reduce(0.0) { $0 + pow($1, Double(power)) } / 100_000
    }
    for (moment, (expected, tolerance)) in zip(moments, [(0.0, 0.015), (1, 0.02), (0, 0.05), (3, 0.15)]) {
      #expect(abs(moment - expected) < tolerance)
    }
  }

  @Test func boundedIntegersAreUnbiased() {
    var generator = Philox(seed: 1, stream: .custom(0))
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.integer(below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
    #expect(generator.integer(below: 1) == 0)
    #expect(generator.integer(below: 0) == 0)
  }

  @Test func shufflesArePermutationsAndRepeat() {
    var first = Philox(seed: 1, stream: .shuffling(epoch: 3))
    var second = Philox(seed: 1, stream: .shuffling(epoch: 3))
    var other = Philox(seed: 1, stream: .shuffling(epoch: 4))
    let order = first.shuffled(1000)
    #expect(order.sorted() == Array(0..<1000))
    #expect(order == second.shuffled(1000))
    #expect(order != other.shuffled(1000))
    #expect(first.shuffled(0) == [])
    #expect(first.shuffled(1) == [0])
  }

  @Test func everyPermutationIsAsLikely() {
    var generator = Philox(seed: 5, stream: .custom(1))
    var counts: [[Int]: Int] = [:]
    for _ in 0..<12_000 { counts[generator.shuffled(3), default: 0] += 1 }
    #expect(counts.count == 6)
    #expect(counts.values.allSatisfy { abs($0 - 2000) < 200 })
  }
}
