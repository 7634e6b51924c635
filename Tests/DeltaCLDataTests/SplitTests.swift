import DeltaCLData
import Testing

@Suite struct SplitTests {
  let split: Split

  init() throws {
    split = try Split(
      count: 3, imageRows: 1, imageColumns: 2, channels: 1, pixels: [0, 255, 51, 102, 153, 204], labels: [4, 0, 9])
  }

  /// Fills a batch with room for `room` images, sentinel values around what is written.
  private func batch(_ indices: [Int], room: Int, normalization: Normalization = .none) throws -> ([Float], [Int32]) {
    var values = [Float](repeating: -9, count: room * 2)
    var labels = [Int32](repeating: -9, count: room)
    try values.withUnsafeMutableBufferPointer { values in
      try labels.withUnsafeMutableBufferPointer { labels in
        try split.fill(values, labels: labels, indices: indices, normalization: normalization)
      }
    }
    return (values, labels)
  }

  @Test func fillsABatchInTheOrderOfTheIndices() throws {
    let (values, labels) = try batch([2, 0, 2], room: 4)
    #expect(values == [0.6, 0.8, 0, 1, 0.6, 0.8, -9, -9])
    #expect(labels == [9, 4, 9, -9])
    let (none, _) = try batch([], room: 1)
    #expect(none == [-9, -9])
  }

  @Test func normalises() throws {
    let (values, _) = try batch([0], room: 1, normalization: Normalization(mean: 0.5, standardDeviation: 0.25))
    #expect(values == [-2, 2])
  }

  @Test func refusesIndicesAndRoomThatDoNotFit() {
    expectError(.outOfRange, "image 3 among 3") { _ = try batch([0, 3], room: 2) }
    expectError(.outOfRange, "image -1") { _ = try batch([-1], room: 2) }
    expectError(.outOfRange) { _ = try batch([0, 1], room: 1) }
  }

  @Test func measuresMeanAndDeviation() throws {
    let normalization = Normalization(measuring: split)
    #expect(abs(normalization.mean - 0.5) < 1e-6)
    #expect(abs(normalization.standardDeviation - 0.341565) < 1e-6)
    let black = try Split(count: 1, imageRows: 1, imageColumns: 1, channels: 1, pixels: [0], labels: [0])
    #expect(Normalization(measuring: black) == Normalization(mean: 0, standardDeviation: 1))
  }

  @Test func checksItsSizes() {
    expectError(.mismatch, "2 labels") {
      _ = try Split(count: 1, imageRows: 1, imageColumns: 1, channels: 1, pixels: [0], labels: [0, 1])
    }
    expectError(.mismatch) {
      _ = try Split(count: 2, imageRows: 1, imageColumns: 1, channels: 1, pixels: [0], labels: [0, 1])
    }
    expectError(.mismatch) {
      _ = try Split(count: 2, imageRows: .max, imageColumns: 2, channels: 1, pixels: [0], labels: [0, 1])
    }
    expectError(.malformed) {
      _ = try Split(count: 2, imageRows: 0, imageColumns: 1, channels: 1, pixels: [], labels: [0, 1])
    }
  }

  @Test func resizesTheDigitsWithoutLosingSteps() throws {
    let digits = try Dataset.load("digits")
    let large = try digits.resized(rows: 28, columns: 28)
    #expect([large.train.count, large.train.imageRows, large.train.imageColumns] == [1437, 28, 28])
    #expect(large.train.pixelMaximum == 240)
    #expect(large.test.labels == digits.test.labels)
    #expect(large.normalization == digits.normalization)
    #expect(large.train.pixels.max() ?? 0 <= 240)
    #expect(abs(Normalization(measuring: large.train).mean - digits.normalization.mean) < 0.01)
    #expect(Set(large.train.pixels).count > 100)
    #expect(large.train.image(at: 7) == (try digits.train.resized(rows: 28, columns: 28).image(at: 7)))
  }
}
