import DeltaCLData
import Testing

@Suite struct DatasetTests {
  @Test func digitsAreThoseOfTheSource() throws {
    let digits = try Dataset.load("digits")
    #expect(digits.train.count == 1437)
    #expect(digits.test.count == 360)
    #expect([digits.train.imageRows, digits.train.imageColumns, digits.train.channels] == [8, 8, 1])
    #expect(digits.train.pixelMaximum == 16)
    #expect(digits.classNames == (0...9).map(String.init))
    // Every fifth image of the source is for testing.
    var pixels: [UInt8] = []
    var labels: [UInt8] = []
    for index in 0..<1797 {
      let isTest = index % 5 == 0
      let split = isTest ? digits.test : digits.train
      let place = isTest ? index / 5 : index - index / 5 - 1
      pixels += split.image(at: place).pixels
      labels.append(split.labels[place])
    }
    // Computed from scikit-learn's file.
    #expect(hash(pixels) == 0x493f_a2f6_7df5_50a1)
    #expect(hash(labels) == 0x5c66_ed87_5b0a_9785)
    #expect(Array(pixels.prefix(16)) == [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0])
  }

  @Test func fashionMNISTIsInstalled() throws {
    let fashion = try Dataset.load("fashion-mnist")
    #expect(fashion.train.count == 60_000)
    #expect(fashion.test.count == 10_000)
    #expect([fashion.train.imageRows, fashion.train.imageColumns, fashion.train.channels] == [28, 28, 1])
    #expect(fashion.classNames.count == 10)
    for split in [fashion.train, fashion.test] {
      for label in 0..<10 { #expect(split.labels.count { $0 == label } == split.count / 10) }
    }
    let measured = Normalization(measuring: fashion.train)
    #expect(abs(measured.mean - fashion.normalization.mean) < 1e-4)
    #expect(abs(measured.standardDeviation - fashion.normalization.standardDeviation) < 1e-4)
  }

  /// The 64-bit FNV-1a hash.
  private func hash(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
