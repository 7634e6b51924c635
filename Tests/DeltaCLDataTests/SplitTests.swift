import DeltaCLData
import Testing

@Suite struct SplitTests {
  let split: Split

  init() throws {
    split = try Split(
      count: 3, imageRows: 1, imageColumns: 2, channels: 1, pixels: [0, 255, 51, 102, 153, 204], labels: [4, 0, 9])
  }

  @Test func givesImagesAndLabels() {
    #expect(split.image(at: 1).pixels == [51, 102])
    #expect(split.label(at: 2) == 9)
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
}
