import Testing

@testable import DeltaCLData

@Suite struct GzipTests {
  let content: [UInt8] = (0..<300).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) }

  @Test func inflatesWhatZlibDeflated() throws {
    #expect(try Gzip.inflate(content.gzipped(), limit: content.count, name: "f") == content)
    #expect(try Gzip.inflate([UInt8]().gzipped(), limit: 0, name: "f") == [])
  }

  @Test func inflatesLargerThanAChunk() throws {
    let large = [UInt8](repeating: 7, count: 1_000_000)
    #expect(try Gzip.inflate(large.gzipped(), limit: large.count, name: "f") == large)
  }

  @Test func joinsMembers() throws {
    let members = content.gzipped() + [UInt8]().gzipped() + [1, 2, 3].gzipped()
    #expect(try Gzip.inflate(members, limit: 303, name: "f") == content + [1, 2, 3])
    expectError(.malformed) { _ = try Gzip.inflate(content.gzipped() + [1, 2, 3], limit: 1000, name: "f") }
  }

  @Test func refusesEveryTruncation() {
    for part in content.gzipped().truncations {
      expectError(.truncated, "f:") { _ = try Gzip.inflate(part, limit: content.count, name: "f") }
    }
  }

  @Test func noCorruptionGivesOtherContent() {
    for damaged in content.gzipped().corruptions() {
      let result = expectValueOrError { try Gzip.inflate(damaged, limit: content.count, name: "f") }
      // The name, time and system in the header are not covered by the checksum and change nothing.
      if case .success(let inflated) = result { #expect(inflated == content) }
    }
  }

  @Test func boundsABomb() {
    let bomb = [UInt8](repeating: 0, count: 20_000_000).gzipped()
    expectError(.tooLarge, "1000") { _ = try Gzip.inflate(bomb, limit: 1000, name: "f") }
    expectError(.tooLarge) { _ = try Gzip.inflate(content.gzipped(), limit: content.count - 1, name: "f") }
    #expect(throws: Never.self) { try Gzip.inflatePrefix(bomb, count: 20, name: "f") }
  }
}
