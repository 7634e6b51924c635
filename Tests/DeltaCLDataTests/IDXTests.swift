import Testing

@testable import DeltaCLData

@Suite struct IDXTests {
  let images = [UInt8].idx([2, 3, 2], Array(1...12))

  @Test(arguments: [[5], [2, 3, 2], [1, 2, 2, 3], [0, 28, 28], [0]])
  func readsPlainAndGzip(dimensions: [Int]) throws {
    let elements = (0..<dimensions.reduce(1, *)).map { UInt8($0) }
    let file = [UInt8].idx(dimensions, elements)
    for bytes in [file, file.gzipped()] {
      let array = try IDX(bytes: bytes)
      #expect(array.dimensions == dimensions)
      #expect(array.elements == elements)
    }
  }

  @Test func readsAFile() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(images.gzipped(), "images")
    #expect(try IDX(contentsOf: path).dimensions == [2, 3, 2])
    expectError(.notFound, folder("none")) { _ = try IDX(contentsOf: folder("none")) }
    expectError(.unsupported, "folder") { _ = try IDX(contentsOf: folder.path) }
  }

  /// 4 GiB are announced by 60 bytes, which deflate cannot make of them.
  @Test func announcedSizesThatCannotComeOutTakeNoMemory() {
    let bomb = [UInt8].idx([65_535, 256, 255], []).gzipped()
    expectError(.truncated, "65535 x 256 x 255") { _ = try IDX(bytes: bomb) }
  }

  @Test func partsThatDoNotFitAreFoundByTheirHeaders() throws {
    let folder = try TemporaryFolder()
    // The images' elements are missing, and nobody looks for them.
    try folder.write(.idx([3, 2, 2], []), "train-images-idx3-ubyte")
    try folder.write([UInt8].idx([2], [0, 1]).gzipped(), "train-labels-idx1-ubyte.gz")
    expectError(.mismatch, "3 images", "2 labels") { _ = try MNISTFolder(folder.path).split(MNISTFolder.trainPrefixes) }
  }

  @Test func refusesEveryTruncation() {
    for part in images.truncations + images.gzipped().truncations {
      expectError(.truncated) { _ = try IDX(bytes: part) }
    }
  }

  @Test func noCorruptionOfTheHeaderIsAccepted() {
    for damaged in images.corruptions(upTo: 16) {
      let result = expectValueOrError { try IDX(bytes: damaged) }
      if case .success(let array) = result { Issue.record("accepted \(array.dimensions)") }
    }
  }

  @Test func noCorruptionOfGzipGivesOtherContent() {
    for damaged in images.gzipped().corruptions() {
      let result = expectValueOrError { try IDX(bytes: damaged) }
      if case .success(let array) = result { #expect(array.elements == Array(1...12)) }
    }
  }

  @Test func survivesMutations() {
    for damaged in images.mutations(1000, seed: 4) + images.gzipped().mutations(1000, seed: 5) {
      let result = expectValueOrError { try IDX(bytes: damaged) }
      if case .success(let array) = result { #expect(array.elements.count == array.dimensions.reduce(1, *)) }
    }
  }

  @Test func refusesMoreThanAnnounced() {
    expectError(.malformed, "29", "28") { _ = try IDX(bytes: images + [0]) }
    expectError(.tooLarge) { _ = try IDX(bytes: (images + [0]).gzipped()) }
  }

  @Test func refusesOtherTypesAndRanks() {
    expectError(.unsupported, "type 13") { _ = try IDX(bytes: .idx([1], [0, 0, 0, 0], type: 13)) }
    expectError(.unsupported, "rank 2") { _ = try IDX(bytes: .idx([1, 1], [0])) }
    expectError(.unsupported, "rank 0") { _ = try IDX(bytes: .idx([], [0])) }
    expectError(.malformed, "not an IDX file") { _ = try IDX(bytes: Array("hello world".utf8)) }
  }

  @Test func refusesSizesThatOverflow() {
    let huge = 0xffff_ffff
    for dimensions in [[huge, huge, huge], [huge, huge, huge, huge], [huge], [0, huge, huge, huge]] {
      let file = [UInt8].idx(dimensions, [1, 2, 3])
      for bytes in [file, file.gzipped()] {
        let result = expectValueOrError { try IDX(bytes: bytes) }
        if case .success = result { Issue.record("accepted \(dimensions)") }
      }
    }
  }

  @Test func boundsABomb() {
    let bomb = [UInt8].idx([4], [UInt8](repeating: 0, count: 20_000_000)).gzipped()
    expectError(.tooLarge, "12") { _ = try IDX(bytes: bomb) }
  }
}
