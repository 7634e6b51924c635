import CPNG
import Testing

@testable import DeltaCLData

@Suite struct ImageTests {
  let folder: TemporaryFolder
  let gray: [UInt8] = (0..<12).map { $0 * 20 }
  let color: [UInt8] = (0..<36).map { $0 * 7 }

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Decodes `bytes` without a warning.
  private func decode(_ bytes: [UInt8]) throws -> Image {
    try Image(bytes: bytes, name: "f") { Issue.record("\($0)") }
  }

  /// Decodes `bytes` and gives what it was warned of.
  private func decodeWarned(_ bytes: [UInt8]) throws -> (image: Image, warnings: [String]) {
    var warnings: [String] = []
    let image = try Image(bytes: bytes, name: "f") { warnings.append($0) }
    return (image, warnings)
  }

  @Test func thereAreFiles() {
    #expect(ImageCases.names.count >= 70)
  }

  @Test(arguments: ImageCases.names) func readsAsPillowDoes(name: String) throws {
    let expected = try Image(bytes: ImageCases.expectedBytes(name), name: name)
    let (image, warnings) = try decodeWarned(ImageCases.bytes(name))
    #expect([image.rows, image.columns, image.channels] == [expected.rows, expected.columns, expected.channels])
    let worst = zip(image.pixels, expected.pixels).map { abs(Int($0) - Int($1)) }.max()
    #expect(try #require(worst) <= 1)
    // Stray bytes and strokes that only a white ground shows are read and told.
    let isOdd = name.hasPrefix("stray") || name.hasPrefix("dark")
    #expect(warnings.count == (isOdd ? 1 : 0), "\(warnings)")
    #expect(warnings.allSatisfy { $0.hasPrefix("f: ") && !$0.contains("\n") })
  }

  @Test func readsAFile() throws {
    let path = try folder.write(ImageCases.bytes("srgb.png"), "image.txt")
    #expect(try Image(contentsOf: path) == decode(ImageCases.bytes("srgb.png")))
  }

  @Test func readsPNG() throws {
    #expect(
      try decode(ImageCases.png(rows: 3, columns: 4, format: 0, gray))
        == Image(rows: 3, columns: 4, channels: 1, pixels: gray))
    #expect(
      try decode(ImageCases.png(rows: 3, columns: 4, format: PNG_FORMAT_FLAG_COLOR, color))
        == Image(rows: 3, columns: 4, channels: 3, pixels: color))
  }

  @Test func ignoresGamma() throws {
    #expect(try decode(ImageCases.bytes("gamma-gray.png")).pixels == [128, 128, 128, 128])
  }

  @Test func laysTransparencyOnBlackOrElseOnWhite() throws {
    func laid(_ pixels: [UInt8]) throws -> ([UInt8], [String]) {
      let rgba = PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA
      let (image, warnings) = try decodeWarned(
        ImageCases.png(rows: 1, columns: pixels.count / 4, format: rgba, pixels))
      return (image.pixels, warnings)
    }
    #expect(try laid([90, 20, 30, 255, 200, 200, 200, 0]) == ([90, 20, 30, 0, 0, 0], []))
    #expect(try laid([200, 100, 0, 128]) == ([100, 50, 0], []))
    let (pixels, warnings) = try laid([0, 0, 0, 255, 200, 200, 200, 0])
    #expect(pixels == [0, 0, 0, 255, 255, 255])
    #expect(warnings.count == 1 && warnings[0].contains("laid on white"))
    // Where nothing is transparent, or nothing visible, there is nothing to tell apart.
    #expect(try laid([0, 0, 0, 255, 10, 10, 10, 255]) == ([0, 0, 0, 10, 10, 10], []))
    #expect(try laid([0, 0, 0, 0, 200, 10, 10, 0]) == ([0, 0, 0, 0, 0, 0], []))
  }

  @Test func saysWhatKindOfJPEGIsNotRead() throws {
    var file = try ImageCases.bytes("gray.jpg")
    let frame = try #require(file.indices.first { file[$0] == 0xff && file[$0 + 1] == 0xc0 })
    file[frame + 4] = 12
    expectError(.unsupported, "precision") { _ = try decode(file) }
    file[frame + 1] = 0xc3
    expectError(.unsupported, "SOF type") { _ = try decode(file) }
  }

  @Test func boundsTheScansOfAJPEG() throws {
    let file = try ImageCases.bytes("progressive.jpg")
    // The last scan, again and again.
    let scan = try #require(file.indices.dropLast().last { file[$0] == 0xff && file[$0 + 1] == 0xda })
    let repeated = (0..<600).flatMap { _ in file[scan..<file.count - 2] }
    expectError(.malformed, "500 scans") {
      _ = try Image(bytes: Array(file.dropLast(2)) + repeated + [0xff, 0xd9], name: "f")
    }
  }

  @Test func readsExifOfAnyKindOrNone() {
    func tiff(_ entries: [[UInt8]]) -> [UInt8] {
      Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0, UInt8(entries.count)] + entries.flatMap(\.self)
    }
    func entry(_ tag: [UInt8], type: UInt8, _ value: UInt8) -> [UInt8] {
      tag + [0, type, 0, 0, 0, 1, 0, value, 0, 0]
    }
    let orientation = entry([1, 0x12], type: 3, 6)
    #expect(ExifOrientation(tiff([entry([1, 0], type: 3, 9), orientation])).rawValue == 6)
    #expect(ExifOrientation(tiff([entry([1, 0x12], type: 4, 6)])) == .upright)
    #expect(ExifOrientation(tiff([entry([1, 0x12], type: 3, 9)])) == .upright)
    #expect(ExifOrientation(tiff([entry([1, 0x12], type: 3, 0)])) == .upright)
    #expect(ExifOrientation(Array("MM".utf8) + [0, 42, 0xff, 0xff, 0xff, 0xff]) == .upright)
    for part in tiff([orientation]).truncations {
      #expect([1, 6].contains(ExifOrientation(part).rawValue))
    }
  }

  @Test func readsPGMAndPPM() throws {
    let expected = try Image(rows: 2, columns: 3, channels: 1, pixels: [0, 1, 2, 128, 254, 255])
    #expect(try decode(Array("P5\n3 2\n255\n".utf8) + expected.pixels) == expected)
    #expect(try decode(Array("P2 # by hand\n3\n2 # rows\n255\n0 1 2 128\n254 255\n".utf8)) == expected)
    let pixel = try Image(rows: 1, columns: 1, channels: 3, pixels: [7, 8, 9])
    #expect(try decode(Array("P6 1 1 255 ".utf8) + [7, 8, 9]) == pixel)
    #expect(try decode(Array("P3 1 1 255 7 8 9\n".utf8)) == pixel)
    let deep = try decode(Array("P5 2 1 65535 ".utf8) + [0xff, 0xff, 0, 0])
    #expect(deep.pixels == [255, 0])
  }

  @Test func refusesWhatIsNoImage() throws {
    expectError(.unsupported, "empty") { _ = try decode([]) }
    expectError(.unsupported, "not an image") { _ = try decode(Array("hello".utf8)) }
    expectError(.unsupported, "not an image") { _ = try decode(Array("P4\n8 1\n\u{1}".utf8)) }
    expectError(.unsupported, "folder") { _ = try Image(contentsOf: folder.path) }
    expectError(.notFound, folder("none.png")) { _ = try Image(contentsOf: folder("none.png")) }
  }

  @Test func refusesTruncatedPNG() throws {
    let text = ImageCases.chunk("tEXt", Array("Comment\0after the pixels".utf8))
    let whole = ImageCases.png(rows: 3, columns: 4, format: 0, gray)
    let end = whole.count - 12
    let file = whole[..<end] + text + whole[end...]
    for part in Array(file).truncations {
      var warned = 0
      let result = expectValueOrError { try Image(bytes: part, name: "f") { _ in warned += 1 } }
      switch result {
      case .success(let image):
        // Without the last checksum the pixels are whole.
        #expect(part.count >= end - 4)
        #expect(image.pixels == gray)
        #expect(warned == 1)
      default:
        #expect(part.count < end)
      }
    }
    #expect(try decode(Array(file)).pixels == gray)
  }

  @Test(arguments: ["gray.jpg", "sampling-2x2.jpg", "progressive.jpg", "cmyk.jpg"])
  func refusesTruncatedJPEG(name: String) throws {
    let whole = try ImageCases.bytes(name)
    for part in whole.truncations {
      // Without the end marker alone the pixels are whole, and still it is refused; so is one that was closed again, but for
      // progressive ones, which may end after any scan.
      let closed = part.count < whole.count - 2 && name != "progressive.jpg" ? [part + [0xff, 0xd9]] : []
      for file in [part] + closed {
        if case .success = expectValueOrError({ try Image(bytes: file, name: "f") }) {
          Issue.record("accepted \(part.count) bytes")
        }
      }
    }
  }

  @Test(arguments: ["lossy.webp", "lossless.webp", "alpha.webp"]) func refusesTruncatedWebP(name: String) throws {
    for part in try ImageCases.bytes(name).truncations {
      if case .success = expectValueOrError({ try Image(bytes: part, name: "f") }) {
        Issue.record("accepted \(part.count) bytes")
      }
    }
  }

  @Test func refusesAnimatedWebP() {
    // The header of an extended file of 2x2 pixels whose flag of animation is set, and an empty frame.
    let extended = Array("WEBPVP8X".utf8) + [10, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 1, 0, 0]
    let animation = Array("ANIM".utf8) + [6, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let content = extended + animation
    expectError(.unsupported, "animated") {
      _ = try decode(Array("RIFF".utf8) + [UInt8(content.count), 0, 0, 0] + content)
    }
  }

  @Test func refusesTruncatedPGM() throws {
    for file in [
      Array("P5\n3 2\n255\n".utf8) + gray[..<6], Array("P2 3 2 255 1 2 3 4 5 60".utf8),
      Array("P6 1 1 65535 abcdef".utf8),
    ] {
      for part in file.truncations.dropLast() {
        if case .success = expectValueOrError({ try decode(part) }) {
          Issue.record("accepted \(part.count) of \(file.count) bytes")
        }
      }
    }
    expectError(.truncated, "6 values") { _ = try decode(Array("P5 3 2 255 abc".utf8)) }
    expectError(.malformed, "value 1 is 300") { _ = try decode(Array("P2 2 1 255 1 300".utf8)) }
    expectError(.malformed, "value 1 is no number") { _ = try decode(Array("P2 2 1 255 1 x  ".utf8)) }
    expectError(.malformed, "largest value") { _ = try decode(Array("P2 2 1 65536 1 2".utf8)) }
    expectError(.malformed, "largest value") { _ = try decode(Array("P2 2 1 0 1 2".utf8)) }
  }

  @Test func survivesEveryCorruption() throws {
    let portable = Array("P5\n3 2\n255\n".utf8) + gray[..<6]
    for file in [ImageCases.png(rows: 3, columns: 4, format: PNG_FORMAT_FLAG_COLOR, color), portable] {
      for damaged in file.corruptions() { try expectWholeOrError(damaged) }
    }
  }

  @Test(arguments: ImageCases.names) func survivesMutations(name: String) throws {
    for damaged in try ImageCases.bytes(name).mutations(60, seed: name.utf8.reduce(1) { $0 &* 31 &+ UInt64($1) }) {
      try expectWholeOrError(damaged)
    }
  }

  private func expectWholeOrError(_ bytes: [UInt8]) throws {
    let result = expectValueOrError { try Image(bytes: bytes, name: "f") }
    if case .success(let image) = result {
      #expect(image.pixels.count == image.rows * image.columns * image.channels)
    }
  }

  @Test func boundsTheSizeBeforeDecoding() {
    expectError(.tooLarge, "100000x100000") { _ = try decode(ImageCases.pngHeader(rows: 100_000, columns: 100_000)) }
    expectError(.tooLarge, "100000x100000") { _ = try decode(Array("P5 100000 100000 255\n".utf8)) }
    expectError(.malformed) { _ = try decode(Array("P5 99999999999999999999 1 255\n".utf8)) }
    expectError(.malformed) { _ = try decode(Array("P5 0 4 255\n".utf8)) }
  }

  @Test func convertsChannels() throws {
    let image = try Image(rows: 1, columns: 2, channels: 3, pixels: [255, 0, 0, 10, 20, 30])
    let gray = try image.converted(channels: 1)
    #expect(gray.pixels == [76, 18])
    #expect(try gray.converted(channels: 3).pixels == [76, 76, 76, 18, 18, 18])
    #expect(try image.converted(channels: 3) == image)
    expectError(.unsupported) { _ = try image.converted(channels: 4) }
  }

  @Test func checksItsPixels() {
    expectError(.mismatch) { _ = try Image(rows: 2, columns: 2, channels: 1, pixels: [1]) }
    expectError(.malformed) { _ = try Image(rows: 0, columns: 2, channels: 1, pixels: []) }
    expectError(.malformed) { _ = try Image(rows: 1, columns: 1, channels: 2, pixels: [1, 2]) }
    expectError(.tooLarge) { _ = try Image(rows: .max, columns: 2, channels: 1, pixels: []) }
  }
}
