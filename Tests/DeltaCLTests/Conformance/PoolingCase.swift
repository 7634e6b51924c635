import DeltaCL
import Testing

/// The parameters of a pooling to test.
struct PoolingCase: CustomTestStringConvertible {
  var batch = 1
  var input: Extent = 6
  var channels = 3
  var window: Extent = 2
  var stride: Extent = 2
  var padding: Padding = 0
  var dilation: Extent = 1
  var ceilMode = false

  var testDescription: String {
    "\(batch) x \(input) x \(channels), window \(window), stride \(stride), padding \(padding), dilation \(dilation)"
      + (ceilMode ? ", ceil" : "")
  }

  func descriptor() throws -> Pooling {
    try Pooling(
      batch: batch, inputSize: input, channels: channels, window: window, stride: stride, padding: padding,
      dilation: dilation, ceilMode: ceilMode)
  }
}

extension PoolingCase {
  /// The cases to run: every one, or the tiny ones.
  static let grid = TestDevice.usesSmallShapes ? tiny : tiny + chosen + random
  /// Every fourth of them, for what does not depend on windows.
  static let sparseGrid = Swift.stride(from: 0, to: grid.count, by: 4).map { grid[$0] }
  /// Those that average pooling can do too.
  static let undilatedGrid = grid.filter { $0.dilation == 1 }

  private static let tiny = [
    PoolingCase(input: 4, channels: 2),
    PoolingCase(input: Extent(5, 4), channels: 1, window: 3, stride: 2, padding: 1, ceilMode: true),
    PoolingCase(batch: 2, input: 4, channels: 17, window: Extent(2, 3), stride: 1),
    PoolingCase(input: 2, channels: 5, window: 3, stride: 3, ceilMode: true),
    PoolingCase(
      batch: 2, input: Extent(3, 4), channels: 1, window: Extent(1_280, 2), stride: Extent(1_280, 2), ceilMode: true),
  ]

  private static let chosen = [
    PoolingCase(batch: 0),
    PoolingCase(batch: 3, input: Extent(5, 7), channels: 5),
    PoolingCase(input: 1, channels: 1, window: 1, stride: 1),
    PoolingCase(input: Extent(1, 9), window: Extent(1, 3), stride: 1),
    PoolingCase(input: Extent(9, 1), window: Extent(3, 1), stride: Extent(2, 1)),
    PoolingCase(input: 7, channels: 16, window: 7, stride: 7),
    // Overlapping, padded windows, as in ResNet's first layers.
    PoolingCase(batch: 2, input: 9, channels: 16, window: 3, stride: 2, padding: 1),
    PoolingCase(input: Extent(8, 9), channels: 64, window: 3, stride: 1, padding: 1),
    PoolingCase(input: 6, channels: 17, window: 5, stride: 1, padding: 2),
    PoolingCase(input: 7, window: 3, stride: 3, padding: Padding(top: 0, left: 1, bottom: 2, right: 0)),
    // Gaps between windows: no delta reaches some positions.
    PoolingCase(input: 8, window: 2, stride: 3),
    PoolingCase(input: 8, window: 1, stride: 2),
    // Windows that reach over the padded end.
    PoolingCase(input: Extent(5, 6), window: 2, stride: 2, ceilMode: true),
    PoolingCase(input: 7, window: 2, stride: 3, padding: 1, ceilMode: true),
    PoolingCase(
      input: 10, window: 3, stride: 4, padding: Padding(top: 1, left: 0, bottom: 0, right: 1), ceilMode: true),
    // Windows that are larger than the padded image.
    PoolingCase(batch: 2, input: 7, channels: 17, window: 1_280, stride: 1_280, ceilMode: true),
    PoolingCase(
      input: Extent(2, 9), channels: 16, window: Extent(5, 3), stride: Extent(4, 2), padding: 1, ceilMode: true),
    PoolingCase(input: 3, window: 9, stride: 9, padding: 4, ceilMode: true),
    PoolingCase(
      input: 5, window: 9, stride: 3, padding: Padding(top: 0, left: 3, bottom: 2, right: 1), ceilMode: true),
    PoolingCase(input: 4, window: 3, stride: 4, dilation: 3, ceilMode: true),
    PoolingCase(input: 2, window: 536_870_912, stride: 536_870_912, ceilMode: true),
    PoolingCase(input: 7, window: 2, stride: 536_870_912, dilation: 536_870_912, ceilMode: true),
    PoolingCase(input: 8, window: 3, stride: 1, dilation: 2),
    PoolingCase(input: 9, window: Extent(2, 3), stride: 2, padding: 1, dilation: Extent(3, 2)),
    PoolingCase(input: 9, window: 3, stride: 2, padding: 1, dilation: 2, ceilMode: true),
  ]

  private static let random = {
    var random = RandomValues(seed: 77)
    var cases: [PoolingCase] = []
    while cases.count < 40 {
      func extent(_ range: ClosedRange<Int>) -> Extent {
        Extent(.random(in: range, using: &random), .random(in: range, using: &random))
      }
      let candidate = PoolingCase(
        batch: random.pick([1, 2, 3]), input: extent(1...9), channels: random.pick([1, 3, 5, 16, 17]),
        window: extent(1...random.pick([4, 4, 12])),
        stride: extent(1...4),
        padding: Padding(
          top: .random(in: 0...2, using: &random), left: .random(in: 0...2, using: &random),
          bottom: .random(in: 0...2, using: &random), right: .random(in: 0...2, using: &random)),
        dilation: random.pick([1, 1, 1, 2, Extent(2, 1)]), ceilMode: .random(using: &random))
      if (try? candidate.descriptor()) != nil { cases.append(candidate) }
    }
    return cases
  }()
}
