import Testing

@testable import DeltaCLData

@Suite struct ImagePreparationTests {
  private func image(_ rows: Int, _ columns: Int, channels: Int = 3) throws -> Image {
    try Image(
      rows: rows, columns: columns, channels: channels,
      pixels: (0..<rows * columns * channels).map { UInt8($0 * 73 % 251) })
  }

  private func preparation(
    _ rows: Int, _ columns: Int, channels: Int = 3, _ normalization: Normalization = .none, pixelMaximum: Int = 255
  ) throws -> ImagePreparation {
    try ImagePreparation(
      rows: rows, columns: columns, channels: channels, normalization: normalization, pixelMaximum: pixelMaximum)
  }

  /// The triangle filter's weights of all pixels for one result, from the definition.
  private func weights(_ position: Int, from source: Int, to size: Int) -> [Double] {
    let scale = Double(source) / Double(size)
    let weights = (0..<source).map { pixel in
      max(0, 1 - abs(Double(pixel) + 0.5 - (Double(position) + 0.5) * scale) / max(scale, 1))
    }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// What `torchvision.transforms.Resize(side, antialias=True)` and `CenterCrop(side)` give, by their definition in double precision.
  private func expected(_ image: Image, side: Int) -> [Double] {
    let (rows, columns) =
      image.rows <= image.columns
      ? (side, Int(Double(side) * Double(image.columns) / Double(image.rows)))
      : (Int(Double(side) * Double(image.rows) / Double(image.columns)), side)
    let top = Int((Double(rows - side) / 2).rounded(.toNearestOrEven))
    let left = Int((Double(columns - side) / 2).rounded(.toNearestOrEven))
    return (0..<side).flatMap { row in
      let down = weights(row + top, from: image.rows, to: rows)
      return (0..<side).flatMap { column in
        let across = weights(column + left, from: image.columns, to: columns)
        return (0..<3).map { channel in
          image.pixels.indices.filter { $0 % 3 == channel }.reduce(0) { sum, index in
            let pixel = index / 3
            return sum + down[pixel / image.columns] * across[pixel % image.columns] * Double(image.pixels[index])
          }
        }
      }
    }
  }

  /// Rounding to a byte is half a step, and single precision far less.
  @Test(arguments: [(9, 7, 4), (5, 13, 4), (7, 12, 5), (3, 4, 8), (6, 6, 6), (11, 2, 2)])
  func theShorterSideFitsAndTheCentreStays(_ rows: Int, _ columns: Int, _ side: Int) throws {
    let image = try image(rows, columns)
    let values = try preparation(side, side).values(of: image)
    for (value, expected) in zip(values, expected(image, side: side)) {
      #expect(abs(Double(value) * 255 - expected) <= 0.5001)
    }
  }

  @Test func sizesThatAreNotSquareAreCovered() throws {
    let image = try image(4, 8)
    // Whole as it is, and cut to the columns 1 to 6 where no resizing is needed.
    #expect(try preparation(4, 8).values(of: image) == image.pixels.map { Float($0) / 255 })
    let cut = try preparation(4, 6).values(of: image)
    let middle = (0..<4).flatMap { row in image.pixels[24 * row + 3..<24 * row + 21] }
    #expect(cut == middle.map { Float($0) / 255 })
    // A line of a million pixels: only what is wanted of the resized image is computed.
    let line = try Image(rows: 1, columns: 1_000_000, channels: 1, pixels: Array(repeating: 9, count: 1_000_000))
    #expect(try preparation(300, 300, channels: 1).values(of: line).allSatisfy { $0 == 9 / 255 })
  }

  @Test func normalisesEachChannel() throws {
    let pixel = try Image(rows: 1, columns: 1, channels: 3, pixels: [0, 51, 255])
    let normalization = try Normalization(means: [0.5, 0, 0.5], standardDeviations: [0.5, 1, 0.25])
    #expect(try preparation(1, 1, normalization).values(of: pixel) == [-1, 0.2, 2])
    #expect(
      try preparation(1, 1, Normalization(mean: 1, standardDeviation: 0.5)).values(of: pixel) == [-2, -1.6, 0])
  }

  @Test func convertsChannels() throws {
    let gray = try Image(rows: 1, columns: 2, channels: 1, pixels: [0, 255])
    let normalization = try Normalization(means: [0, 0.5, 1], standardDeviations: [1, 1, 1])
    #expect(try preparation(1, 2, normalization).values(of: gray) == [0, -0.5, -1, 1, 0.5, 0])
    let color = try Image(rows: 1, columns: 1, channels: 3, pixels: [255, 0, 0])
    #expect(try preparation(1, 1, channels: 1).values(of: color) == [76 / 255])
  }

  /// Values up to 16 become some up to 240 if they are interpolated, so that no step between them is lost.
  @Test func smallRangesAreSpread() throws {
    let image = try Image(rows: 1, columns: 2, channels: 1, pixels: [0, 16])
    let small = try preparation(1, 2, channels: 1, pixelMaximum: 16)
    #expect(try small.values(of: image) == [0, 1])
    let large = try preparation(2, 8, channels: 1, pixelMaximum: 16).values(of: image)
    // The centres are a quarter apart, and half a pixel at the edges has one neighbour alone.
    #expect(large == [0, 0, 30, 90, 150, 210, 240, 240, 0, 0, 30, 90, 150, 210, 240, 240].map { $0 / 240 })
  }

  @Test func refusesWhatDoesNotFit() throws {
    expectError(.malformed) { _ = try preparation(0, 1) }
    expectError(.malformed) { _ = try preparation(1, 1, channels: 0) }
    expectError(.malformed) { _ = try preparation(1, 1, pixelMaximum: 256) }
    expectError(.tooLarge) { _ = try preparation(.max, .max) }
    let normalization = try Normalization(means: [0, 0], standardDeviations: [1, 1])
    expectError(.mismatch, "2 channels", "the images have 3") { _ = try preparation(1, 1, normalization) }
    let two = Image(rows: 1, columns: 1, channels: 2, checkedPixels: [0, 0])
    for channels in [1, 3] {
      expectError(.unsupported, "2 channels") { _ = try preparation(1, 1, channels: channels).values(of: two) }
    }
    #expect(try preparation(1, 1, channels: 2).values(of: two) == [0, 0])
    var room: [Float] = [-9, -9]
    expectError(.outOfRange, "3 values", "2") {
      try room.withUnsafeMutableBufferPointer { try preparation(1, 1).prepare(image(1, 1), into: $0) }
    }
    #expect(room == [-9, -9])
  }
}
