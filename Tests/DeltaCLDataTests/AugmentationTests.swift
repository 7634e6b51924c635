import Testing

@testable import DeltaCLData

@Suite struct AugmentationTests {
  /// Numbers in an order that is written down, the last one again and again.
  private struct Script: RandomNumberGenerator {
    var numbers: [Double]

    mutating func next() -> UInt64 {
      let number = numbers.count > 1 ? numbers.removeFirst() : numbers[0]
      return UInt64(number * 0x1p53) << 11
    }
  }

  private func preparation(_ rows: Int, _ columns: Int, channels: Int = 1) throws -> ImagePreparation {
    try ImagePreparation(
      rows: rows, columns: columns, channels: channels,
      normalization: Normalization(mean: 0, standardDeviation: 1 / 255))
  }

  /// The pixels of a varied image, of which a normalised value is 255 times.
  private func vary(
    _ pixels: [UInt8], _ rows: Int, _ columns: Int, channels: Int = 1, to prepared: (Int, Int)? = nil,
    _ augmentations: Set<Augmentation>, _ numbers: Double...
  ) throws -> [Int] {
    let (newRows, newColumns) = prepared ?? (rows, columns)
    var generator = Script(numbers: numbers)
    var values = [Float](repeating: -9, count: newRows * newColumns * channels)
    let image = try Image(rows: rows, columns: columns, channels: channels, pixels: pixels)
    try values.withUnsafeMutableBufferPointer {
      try preparation(newRows, newColumns, channels: channels).prepare(
        image, augmentations: augmentations, using: &generator, into: $0)
    }
    return values.map { Int($0.rounded()) }
  }

  @Test func flipsEverySecondImage() throws {
    #expect(try vary([1, 2, 3, 4, 5, 6], 2, 3, [.flip], 0.49) == [3, 2, 1, 6, 5, 4])
    #expect(try vary([1, 2, 3, 4, 5, 6], 2, 3, [.flip], 0.5) == [1, 2, 3, 4, 5, 6])
    #expect(try vary([1, 2, 3, 4, 5, 6], 1, 2, channels: 3, [.flip], 0) == [4, 5, 6, 1, 2, 3])
  }

  @Test func cropsARectangle() throws {
    let pixels = (0..<16).map { UInt8($0) }
    // A quarter of the area, square: 2x2 at row 1 of 0...2 and column 2 of 0...2.
    let even = 0.5
    #expect(try vary(pixels, 4, 4, to: (2, 2), [.crop], 0, even, 0.5, 0.99) == [6, 7, 10, 11])
    // The whole.
    #expect(try vary(pixels, 4, 4, [.crop], 1 - 0x1p-50, even, 0) == pixels.map { Int($0) })
    // Nothing of a line has such proportions: the middle of it.
    #expect(try vary([1, 2, 3, 4, 5, 6, 7], 1, 7, to: (1, 1), [.crop], 0.9) == [4])
  }

  @Test func turnsAboutTheCentre() throws {
    // No angle is in the middle of the range.
    #expect(try vary([1, 2, 3, 4, 5, 6], 2, 3, [.rotate], 0.5) == [1, 2, 3, 4, 5, 6])
    // 15 degrees: the point right of the centre comes from (sin 15, cos 15) = 0.259 above and 0.966 right of it.
    let turned = try vary([0, 0, 0, 0, 200, 0, 0, 0, 100], 3, 3, [.rotate], 1 - 0x1p-50)
    #expect(turned[4] == 200)
    var expected = [Double](repeating: 0, count: 9)
    let (sine, cosine) = (0.25881904510252074, 0.9659258262890683)
    for row in -1...1 {
      for column in -1...1 {
        let y = cosine * Double(row) + sine * Double(column)
        let x = cosine * Double(column) - sine * Double(row)
        // The two bright pixels, each with the weight of its distance.
        let center = max(0, 1 - abs(y)) * max(0, 1 - abs(x)) * 200
        let corner = max(0, 1 - abs(y - 1)) * max(0, 1 - abs(x - 1)) * 100
        expected[(row + 1) * 3 + column + 1] = center + corner
      }
    }
    #expect(turned == expected.map { Int($0 + 0.5) })
  }

  @Test func changesColors() throws {
    // Factors of 1 in the middle of the range.
    #expect(try vary([10, 200, 30], 1, 1, channels: 3, [.color], 0.5) == [10, 200, 30])
    // Brightness 1.4 - rounding aside - then none.
    #expect(try vary([10, 200, 30], 1, 1, channels: 3, [.color], 1 - 0x1p-50, 0.5, 0.5) == [14, 255, 42])
    // Contrast 0.6: the mean of 100 and 50 is 75.
    #expect(try vary([100, 50], 1, 2, [.color], 0.5, 0, 0.5) == [90, 60])
    // Saturation 0.6 towards 0.299 * 100 + 0.587 * 50 + 0.114 * 0 = 59.25.
    #expect(try vary([100, 50, 0], 1, 1, channels: 3, [.color], 0.5, 0.5, 0) == [84, 54, 24])
  }

  @Test func erasesToTheMean() throws {
    let pixels = [UInt8](repeating: 9, count: 100)
    #expect(try vary(pixels, 10, 10, [.erase], 0.5).allSatisfy { $0 == 9 })
    // Between 2 and 33 % are 17.5 %: 4x4, at row 3 and column 6.
    let erased = try vary(pixels, 10, 10, [.erase], 0, 0.5, 0.5, 0.5, 0.99)
    for row in 0..<10 {
      for column in 0..<10 {
        #expect(erased[row * 10 + column] == ((3..<7).contains(row) && (6..<10).contains(column) ? 0 : 9))
      }
    }
  }

  /// Whatever is drawn, the values are within the range and as many as are asked for.
  @Test func anySizeCanBeVaried() throws {
    var generator = SystemRandomNumberGenerator()
    for (rows, columns) in [(1, 1), (1, 50), (50, 1), (7, 9), (64, 48)] {
      let image = try Image(
        rows: rows, columns: columns, channels: 3, pixels: Array(repeating: 128, count: rows * columns * 3))
      let preparation = try preparation(6, 5, channels: 3)
      for _ in 0..<40 {
        var values = [Float](repeating: -1, count: 91)
        try values.withUnsafeMutableBufferPointer {
          try preparation.prepare(image, augmentations: Set(Augmentation.allCases), using: &generator, into: $0)
        }
        #expect(values[..<90].allSatisfy { (0...255.01).contains($0) } && values[90] == -1)
      }
    }
  }
}
