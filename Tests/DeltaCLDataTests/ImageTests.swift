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

  /// Decodes `bytes` from a file whose name tells nothing, or PNG and JPEG from memory.
  private func decode(_ bytes: [UInt8], inMemory: Bool = false) throws -> Image {
    inMemory
      ? try Image(bytes: bytes, path: folder("none")) : try Image(contentsOf: folder.write(bytes, "image.txt"))
  }

  @Test func readsPNG() throws {
    #expect(
      try decode(ImageFiles.png(rows: 3, columns: 4, format: 0, gray))
        == Image(rows: 3, columns: 4, channels: 1, pixels: gray))
    #expect(
      try decode(ImageFiles.png(rows: 3, columns: 4, format: PNG_FORMAT_FLAG_COLOR, color))
        == Image(rows: 3, columns: 4, channels: 3, pixels: color))
  }

  @Test func laysTransparencyOnBlack() throws {
    let rgba = PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA
    let pixels: [UInt8] = [10, 20, 30, 255, 200, 200, 200, 0]
    let image = try decode(ImageFiles.png(rows: 1, columns: 2, format: rgba, pixels))
    #expect(image.pixels == [10, 20, 30, 0, 0, 0])
  }

  @Test func readsJPEG() throws {
    let flatGray = [UInt8](repeating: 90, count: 64)
    let image = try decode(ImageFiles.jpeg(rows: 8, columns: 8, channels: 1, flatGray))
    #expect(image == (try Image(rows: 8, columns: 8, channels: 1, pixels: flatGray)))

    let red = (0..<16 * 8).flatMap { _ in [200, 30, 40] as [UInt8] }
    let colored = try decode(ImageFiles.jpeg(rows: 16, columns: 8, channels: 3, red))
    #expect([colored.rows, colored.columns, colored.channels] == [16, 8, 3])
    for (value, expected) in zip(colored.pixels, red) { #expect(abs(Int(value) - Int(expected)) <= 2) }
  }

  @Test func saysThatCMYKIsNotRead() throws {
    let file = ImageFiles.jpeg(rows: 8, columns: 8, channels: 4, [UInt8](repeating: 90, count: 256))
    expectError(.unsupported, "CMYK") { _ = try decode(file) }
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
    let file = ImageFiles.png(rows: 3, columns: 4, format: 0, gray)
    for part in file.truncations {
      // The last 16 bytes are a checksum and the end chunk: the pixels are whole without them.
      let result = expectValueOrError { try decode(part, inMemory: true) }
      if case .success(let image) = result {
        #expect(image.pixels == gray)
        #expect(part.count >= file.count - 16)
      }
    }
  }

  @Test func refusesTruncatedJPEG() throws {
    let file = ImageFiles.jpeg(rows: 8, columns: 8, channels: 1, (0..<64).map { $0 * 4 })
    // Without the end marker alone the pixels are whole, and still it is refused.
    for part in file.truncations {
      let result = expectValueOrError { try decode(part, inMemory: true) }
      if case .success = result { Issue.record("accepted \(part.count) of \(file.count) bytes") }
    }
  }

  @Test func refusesTruncatedPGM() throws {
    for file in [Array("P5\n3 2\n255\n".utf8) + gray[..<6], Array("P2 3 2 255 1 2 3 4 5 60".utf8)] {
      for part in file.truncations.dropLast() {
        let result = expectValueOrError { try decode(part) }
        if case .success = result { Issue.record("accepted \(part.count) of \(file.count) bytes") }
      }
    }
  }

  @Test func survivesEveryCorruption() throws {
    let compressed = [
      ImageFiles.png(rows: 3, columns: 4, format: PNG_FORMAT_FLAG_COLOR, color),
      ImageFiles.jpeg(rows: 8, columns: 8, channels: 1, (0..<64).map { $0 * 4 }),
    ]
    let portable = Array("P5\n3 2\n255\n".utf8) + gray[..<6]
    for (file, inMemory) in compressed.map({ ($0, true) }) + [(portable, false)] {
      for damaged in file.corruptions() {
        let result = expectValueOrError { try decode(damaged, inMemory: inMemory) }
        if case .success(let image) = result {
          #expect(image.pixels.count == image.rows * image.columns * image.channels)
        }
      }
    }
  }

  @Test func boundsTheSizeBeforeDecoding() {
    expectError(.tooLarge, "100000x100000") { _ = try decode(ImageFiles.pngHeader(rows: 100_000, columns: 100_000)) }
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
