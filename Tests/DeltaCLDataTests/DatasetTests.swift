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
    let pixelSum = (digits.train.pixels + digits.test.pixels).reduce(0) { $0 + Int($1) }
    #expect(pixelSum == 561_718)
    #expect(
      Array(digits.train.labels.prefix(30)) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] + [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] + [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
      ])
    // The first line of scikit-learn's file.
    #expect(Array(digits.train.pixels.prefix(16)) == [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0])
  }

  @Test func fashionMNISTIsInstalled() throws {
    let fashion = try Dataset.load("fashion-mnist")
    #expect(fashion.train.count == 60_000)
    #expect(fashion.test.count == 10_000)
    let n = Normalization(measuring: fashion.train)
    #expect(abs(n.mean - 0.2860) < 1e-4)
    #expect(abs(n.standardDeviation - 0.3530) < 1e-4)
  }
}
