import DeltaCLData
import DeltaCLSystem
import Foundation
import Testing

/// Figures from Pillow's `Image.resize(_, BILINEAR)`, which rounds in fixed point: one step of difference is allowed.
@Suite struct ResamplingTests {
  let small: [UInt8] = [0, 50, 100, 200, 255, 10]

  private func resize(_ pixels: [UInt8], _ rows: Int, _ columns: Int, to newRows: Int, _ newColumns: Int) throws
    -> [UInt8]
  {
    try Image(rows: rows, columns: columns, channels: 1, pixels: pixels).resized(rows: newRows, columns: newColumns)
      .pixels
  }

  private func expectClose(_ pixels: [UInt8], _ expected: [Int], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(pixels.count == expected.count, sourceLocation: sourceLocation)
    for (pixel, value) in zip(pixels, expected) {
      #expect(abs(Int(pixel) - value) <= 1, "\(pixels)", sourceLocation: sourceLocation)
    }
  }

  @Test func grows() throws {
    try expectClose(
      resize(small, 2, 3, to: 4, 5),
      [0, 20, 50, 80, 100, 50, 71, 101, 87, 78, 150, 172, 204, 101, 33, 200, 222, 255, 108, 10])
  }

  @Test func shrinksByAveraging() throws {
    let pixels = (0..<63).map { UInt8($0 * 37 % 256) }
    try expectClose(resize(pixels, 7, 9, to: 2, 3), [110, 124, 110, 136, 122, 136])
    try expectClose(resize(small, 2, 3, to: 1, 1), [110])
  }

  @Test func keepsChannelsApart() throws {
    let red = try Image(rows: 2, columns: 2, channels: 3, pixels: (0..<4).flatMap { _ in [200, 100, 0] as [UInt8] })
    #expect(try red.resized(rows: 3, columns: 5).pixels == (0..<15).flatMap { _ in [200, 100, 0] as [UInt8] })
  }

  /// The rows that are resized first are four bytes a value.
  @Test func whatResizingTakesIsHeldAgainstMemory() async {
    await #expect(processExitsWith: .success) {
      let image = try Image(
        rows: 3000, columns: 3000, channels: 1, pixels: [UInt8](repeating: 1, count: 9_000_000))
      let pages = SmallFile.read("/proc/self/statm").flatMap {
        Int(String(decoding: $0.prefix { $0 != 0x20 }, as: UTF8.self))
      }
      let used = try #require(pages) * sysconf(Int32(_SC_PAGESIZE))
      // The result alone would fit.
      var limit = rlimit(rlim_cur: rlim_t(used + 80_000_000), rlim_max: .max)
      #expect(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0)
      expectError(.tooLarge, "6000x6000") { _ = try image.resized(rows: 6000, columns: 6000) }
      #expect(try image.resized(rows: 1500, columns: 1500).pixels.allSatisfy { $0 == 1 })
    }
  }

  @Test func refusesSizesThatCannotBe() throws {
    expectError(.malformed, "0x3") { _ = try resize(small, 2, 3, to: 0, 3) }
    expectError(.tooLarge) { _ = try resize(small, 2, 3, to: 1 << 20, 1 << 20) }
    expectError(.tooLarge) { _ = try resize(small, 2, 3, to: .max, 3) }
  }
}
