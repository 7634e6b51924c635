import Testing

@testable import DeltaCLData

@Suite struct ZipArchiveTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func archive(_ members: [(String, [UInt8])]) -> [UInt8] {
    var writer = ZipWriter(alignment: 64)
    for (name, bytes) in members { writer.add(name, [bytes]) }
    return Array(writer.finished().joined())
  }

  private func open(_ bytes: [UInt8]) throws -> ZipArchive {
    try ZipArchive(InputFile(folder.write(bytes, "f.zip")))
  }

  /// The positions at which a text occurs.
  private func positions(of text: [UInt8], in bytes: [UInt8]) -> [Int] {
    bytes.indices.filter { bytes[$0...].starts(with: text) }
  }

  @Test func roundTrips() throws {
    let members: [(String, [UInt8])] = [("a", [1, 2, 3]), ("empty", []), ("b/ü", (0...255).map { UInt8($0) })]
    let zip = try open(archive(members))
    #expect(zip.members.map(\.name) == members.map(\.0))
    for (name, bytes) in members {
      let member = try #require(zip[name])
      #expect(try zip.read(member) == bytes)
      #expect(try zip.read(member, prefix: 2) == Array(bytes.prefix(2)))
    }
    #expect(zip["c"] == nil)
    #expect(try open(archive([])).members.isEmpty)
  }

  @Test func everyTruncationIsRefused() throws {
    for part in archive([("a", [1, 2, 3])]).truncations {
      #expect(throws: DataError.self) { _ = try open(part) }
    }
  }

  @Test func damagedBytesFailTheirChecksum() throws {
    var bytes = archive([("a", [11, 22, 33])])
    let start = try #require(positions(of: [11, 22, 33], in: bytes).first)
    #expect(start % 64 == 0)
    bytes[start] = 12
    let zip = try open(bytes)
    let member = try #require(zip["a"])
    expectError(.malformed, "f.zip: 'a'", "checksum") { _ = try zip.read(member) }
  }

  @Test func overlapsAndDuplicatesAreRefused() throws {
    let bytes = archive([("a", [1, 2, 3]), ("b", [4, 5, 6])])
    // The second entry of the directory leads to the first member.
    let entry = try #require(positions(of: [0x50, 0x4b, 1, 2], in: bytes).last)
    var overlapping = bytes
    for index in 0..<4 { overlapping[entry + 42 + index] = 0 }
    expectError(.malformed, "overlaps") { _ = try open(overlapping) }
    // One that is longer than it is covers the next.
    var long = bytes
    let first = try #require(positions(of: [0x50, 0x4b, 1, 2], in: bytes).first)
    (long[first + 20], long[first + 24]) = (80, 80)
    expectError(.malformed, "overlaps") { _ = try open(long) }
    expectError(.malformed, "'a' occurs twice") { _ = try open(archive([("a", [1]), ("a", [1])])) }
  }

  @Test func sizesThatCannotBeAreRefused() throws {
    let bytes = archive([("a", [1, 2, 3])])
    let entry = try #require(positions(of: [0x50, 0x4b, 1, 2], in: bytes).first)
    // A bomb: deflated, with more than deflate can give.
    var bomb = bytes
    bomb[entry + 10] = 8
    for index in 0..<3 { bomb[entry + 24 + index] = 0xff }
    expectError(.malformed, "cannot have 16777215 bytes") { _ = try open(bomb) }
    var stored = bytes
    stored[entry + 24] = 4
    expectError(.malformed, "cannot have 4 bytes") { _ = try open(stored) }
    var encrypted = bytes
    encrypted[entry + 8] |= 1
    expectError(.unsupported, "encrypted") { _ = try open(encrypted) }
    var other = bytes
    other[entry + 10] = 12
    expectError(.unsupported, "method 12") { _ = try open(other) }
    // All ones ask for a field of 64 bits, which there is not.
    var wide = bytes
    for index in 0..<4 { wide[entry + 24 + index] = 0xff }
    expectError(.malformed, "directory is damaged") { _ = try open(wide) }
  }

  @Test func aDirectoryThatLeadsElsewhereIsRefused() throws {
    let bytes = archive([("a", [1, 2, 3]), ("b", [4, 5, 6])])
    var renamed = bytes
    let name = try #require(positions(of: [0x50, 0x4b, 3, 4], in: bytes).first) + 30
    renamed[name] = UInt8(ascii: "c")
    let zip = try open(renamed)
    expectError(.malformed, "leads to another place") { _ = try zip.read(#require(zip["a"])) }
  }

  @Test func otherArchivesAreNamed() throws {
    let path = try folder.write(archive([("readme.txt", [1])]), "f.zip")
    expectError(.unsupported, "'readme.txt'", "neither NumPy's npz") { _ = try TensorFileFormat.open(path) }
  }
}
