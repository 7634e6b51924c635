import DeltaCLData
import Testing

@Suite struct NormalizationTests {
  private func split(_ pixels: [UInt8], channels: Int, pixelMaximum: Int = 255) throws -> Split {
    let count = pixels.count / channels
    return try Split(
      count: count, imageRows: 1, imageColumns: 1, channels: channels, pixels: pixels,
      labels: Array(repeating: 0, count: count), pixelMaximum: pixelMaximum)
  }

  @Test func measuresMeanAndDeviation() throws {
    let gray = try split([0, 255, 51, 102, 153, 204], channels: 1)
    let normalization = try Normalization(measuring: gray, channels: 1)
    #expect(abs(normalization.means[0] - 0.5) < 1e-6)
    #expect(abs(normalization.standardDeviations[0] - 0.341565) < 1e-6)
    // Grey is the same in all channels.
    #expect(try Normalization(measuring: gray, channels: 3) == normalization)
    #expect(
      try Normalization(measuring: split([0], channels: 1), channels: 1)
        == Normalization(mean: 0, standardDeviation: 1))
  }

  @Test func measuresEachChannel() throws {
    let colored = try split([0, 8, 16, 4, 8, 0], channels: 3, pixelMaximum: 16)
    let normalization = try Normalization(measuring: colored, channels: 3)
    #expect(normalization.means == [0.125, 0.5, 0.5])
    #expect(normalization.standardDeviations == [0.125, 1, 0.5])
    // 0.587 * 8 + 0.114 * 16 = 6.52 and 0.299 * 4 + 0.587 * 8 = 5.892, rounded 7 and 6.
    let gray = try Normalization(measuring: colored, channels: 1)
    #expect(gray.means == [6.5 / 16] && gray.standardDeviations == [0.5 / 16])
  }

  /// Of many images a sample counts, of which each has the same place in the whole.
  @Test func looksAtSamplesOfLargeSets() throws {
    struct Large: LabeledImages {
      let count = 2000
      func label(at index: Int) -> Int32 { 0 }
      func image(at index: Int) throws -> Image {
        // The first one says that all are large.
        try index == 0
          ? Image(rows: 1000, columns: 1000, channels: 1, pixels: Array(repeating: 0, count: 1_000_000))
          : Image(rows: 1, columns: 1, channels: 1, pixels: [UInt8(index >= 1000 ? 255 : 0)])
      }
    }
    // 512 images: 256 are of the upper half, among 1,000,255 pixels of 0.
    let mean = try Normalization(measuring: Large(), channels: 1).means[0]
    #expect(abs(Double(mean) - 256 / 1_000_511) < 1e-9)
  }

  @Test func refusesFiguresThatDoNotFit() throws {
    expectError(.mismatch, "2 means and 1") { _ = try Normalization(means: [0, 1], standardDeviations: [1]) }
    expectError(.mismatch) { _ = try Normalization(means: [], standardDeviations: []) }
    #expect(try Normalization(means: [0, 1], standardDeviations: [0, .nan]).standardDeviations == [1, 1])
    expectError(.unsupported, "2 channels") {
      _ = try Normalization(measuring: split([1, 2], channels: 2), channels: 3)
    }
  }
}
