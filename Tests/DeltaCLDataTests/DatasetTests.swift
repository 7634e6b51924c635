import DeltaCLData
import Testing

@Suite struct DatasetTests {
  @Test func digitsAreThoseOfTheSource() throws {
    let digits = try Dataset.load("digits")
    let (train, test) = (try digits.trainSplit, try digits.testSplit)
    #expect(train.count == 1437)
    #expect(test.count == 360)
    #expect([train.imageRows, train.imageColumns, train.channels] == [8, 8, 1])
    #expect(train.pixelMaximum == 16)
    #expect(digits.classNames == (0...9).map(String.init))
    // Every fifth image of the source is for testing.
    let order = (0..<1797).map { (index: Int) -> (split: Split, index: Int) in
      index % 5 == 0 ? (test, index / 5) : (train, index - index / 5 - 1)
    }
    let pixels = order.flatMap { split, index in split.image(at: index).pixels }
    // Computed from scikit-learn's file.
    #expect(hash(pixels) == 0x493f_a2f6_7df5_50a1)
    #expect(hash(order.map { split, index in UInt8(split.labels[index]) }) == 0x5c66_ed87_5b0a_9785)
    #expect(Array(pixels.prefix(16)) == [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0])
  }

  @Test func fashionMNISTIsInstalled() throws {
    let fashion = try Dataset.load("fashion-mnist")
    let (train, test) = (try fashion.trainSplit, try fashion.testSplit)
    #expect(train.count == 60_000)
    #expect(test.count == 10_000)
    #expect([train.imageRows, train.imageColumns, train.channels] == [28, 28, 1])
    #expect(fashion.classNames.count == 10)
    for split in [train, test] {
      for label in 0..<10 as Range<Int32> { #expect(split.labels.count { $0 == label } == split.count / 10) }
    }
    let measured = try Normalization(measuring: train, channels: 1)
    let given = try fashion.normalization(channels: 1)
    #expect(abs(measured.means[0] - given.means[0]) < 1e-4)
    #expect(abs(measured.standardDeviations[0] - given.standardDeviations[0]) < 1e-4)
  }

  /// The 64-bit FNV-1a hash.
  private func hash(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

extension Dataset {
  /// The images to train on of a data set that is in memory.
  var trainSplit: Split { get throws { try #require(train as? Split) } }
  /// The images to test on of a data set that is in memory.
  var testSplit: Split { get throws { try #require(test as? Split) } }
}
