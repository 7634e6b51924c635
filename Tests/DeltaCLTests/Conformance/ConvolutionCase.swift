import DeltaCL
import Testing

/// The parameters of a convolution to test.
struct ConvolutionCase: CustomTestStringConvertible {
  var batch = 1
  var input: Extent = 5
  var channels = 3
  var outputs = 5
  var kernel: Extent = 3
  var stride: Extent = 1
  var padding: Padding = 0
  var dilation: Extent = 1
  var groups = 1

  var testDescription: String {
    "\(batch) x \(input) x \(channels) to \(outputs), kernel \(kernel), stride \(stride), padding \(padding), "
      + "dilation \(dilation), groups \(groups)"
  }

  func descriptor() throws -> Convolution {
    try Convolution(
      batch: batch, inputSize: input, inputChannels: channels, outputChannels: outputs, kernelSize: kernel,
      stride: stride, padding: padding, dilation: dilation, groups: groups)
  }
}

extension ConvolutionCase {
  /// The cases to run: every one, or the tiny ones.
  static let grid =
    TestDevice.usesSmallShapes
    ? tiny : tiny + kernels + windows + manySmallImages + channelCounts + groups + tails + random
  /// Every fourth of them.
  static let sparseGrid = Swift.stride(from: 0, to: grid.count, by: 4).map { grid[$0] }

  /// One of each kind, small enough for an interpreter.
  static let tiny = [
    ConvolutionCase(input: 4, channels: 2, outputs: 3),
    ConvolutionCase(input: Extent(3, 4), channels: 1, outputs: 17, kernel: Extent(2, 3), stride: 2, padding: 1),
    ConvolutionCase(input: 5, channels: 4, outputs: 4, kernel: 2, dilation: 2, groups: 2),
    ConvolutionCase(
      batch: 2, input: 3, channels: 3, outputs: 6, padding: Padding(top: 0, left: 1, bottom: 2, right: 1), groups: 3),
    ConvolutionCase(input: 2, channels: 17, outputs: 2, kernel: 1),
    ConvolutionCase(batch: 3, input: 2, channels: 16, outputs: 17, padding: 1),
  ]

  /// Every kernel size.
  private static let kernels = {
    let square = (1...7).map { size in
      ConvolutionCase(input: Extent(9, 8), kernel: Extent(size, size), padding: Padding(size / 2, size / 2))
    }
    let oblong = [(1, 7), (7, 1), (1, 2), (2, 1), (3, 2), (2, 5), (5, 4), (6, 3)].map { rows, columns in
      ConvolutionCase(input: Extent(7, 8), kernel: Extent(rows, columns))
    }
    return square + oblong
  }()

  /// Tiles are images at one pixel, in the forward pass or in the delta.
  static let manySmallImages = [
    ConvolutionCase(batch: 13, input: 2, channels: 16, outputs: 33, padding: 1),
    ConvolutionCase(
      batch: 9, input: Extent(3, 1), channels: 40, outputs: 16, kernel: Extent(2, 3), padding: Padding(1, 2)),
    ConvolutionCase(batch: 16, input: Extent(5, 4), channels: 34, outputs: 36, stride: 2, padding: 1, groups: 2),
    ConvolutionCase(batch: 7, input: 5, channels: 16, outputs: 18, stride: 3, padding: Padding(2, 4), dilation: 2),
  ]

  /// Strides, dilations, paddings, and images of one row or column.
  private static let windows = [
    ConvolutionCase(input: 7, stride: 2),
    // Strides that leave most positions of dx without a tap.
    ConvolutionCase(input: 60, channels: 1, outputs: 1, kernel: 1, stride: 50),
    ConvolutionCase(
      input: Extent(9, 40), kernel: Extent(2, 3), stride: Extent(4, 9), padding: 1, dilation: Extent(2, 3)),
    ConvolutionCase(input: 8, stride: 2, padding: 1),
    ConvolutionCase(input: 9, stride: 3, padding: 1),
    ConvolutionCase(input: Extent(7, 9), stride: Extent(1, 2)),
    ConvolutionCase(input: Extent(7, 9), stride: Extent(3, 1), padding: Padding(0, 1)),
    // Strides over the kernel: some positions are read by no window.
    ConvolutionCase(input: 9, kernel: 1, stride: 2),
    ConvolutionCase(input: 8, kernel: 2, stride: 3),
    ConvolutionCase(input: 8, dilation: 2),
    ConvolutionCase(input: 9, padding: 3, dilation: 3),
    ConvolutionCase(input: 9, padding: Padding(2, 1), dilation: Extent(2, 1)),
    ConvolutionCase(input: 11, kernel: Extent(2, 3), stride: 2, padding: 2, dilation: Extent(3, 2)),
    ConvolutionCase(input: 6, padding: Padding(top: 1, left: 0, bottom: 0, right: 2)),
    ConvolutionCase(input: 6, stride: 2, padding: Padding(top: 0, left: 3, bottom: 2, right: 0)),
    // Padding wider than the kernel: some windows read zeros alone.
    ConvolutionCase(input: 3, kernel: 2, padding: 4),
    ConvolutionCase(input: 2, kernel: 7, padding: 3),
    ConvolutionCase(input: Extent(1, 9), kernel: Extent(1, 3)),
    ConvolutionCase(input: Extent(9, 1), kernel: Extent(3, 1), stride: 2),
    ConvolutionCase(input: Extent(1, 9), padding: 1),
    ConvolutionCase(input: 1, channels: 1, outputs: 1, kernel: 1),
    ConvolutionCase(input: 5, kernel: 5),
    ConvolutionCase(batch: 0),
    ConvolutionCase(batch: 3, padding: 1),
    ConvolutionCase(batch: 0, channels: 4, outputs: 4, groups: 4),
  ]

  /// Channels on either side of vector widths and tiles.
  private static let channelCounts = {
    let counts = [1, 3, 5, 16, 17, 64]
    return counts.flatMap { channels in
      counts.map { outputs in
        let kernel: Extent = (channels + outputs) % 4 == 0 ? 1 : 3
        return ConvolutionCase(
          input: Extent(4, 5), channels: channels, outputs: outputs, kernel: kernel, padding: 1)
      }
    }
  }()

  private static let groups = [
    ConvolutionCase(channels: 2, outputs: 2, padding: 1, groups: 2),
    ConvolutionCase(channels: 6, outputs: 10, padding: 1, groups: 2),
    ConvolutionCase(channels: 32, outputs: 34, padding: 1, groups: 2),
    ConvolutionCase(channels: 34, outputs: 6, padding: 1, groups: 2),
    ConvolutionCase(channels: 12, outputs: 9, padding: 1, groups: 3),
    ConvolutionCase(channels: 64, outputs: 64, padding: 1, groups: 4),
    // Depthwise, with one output channel for each input channel and with more.
    ConvolutionCase(channels: 3, outputs: 3, padding: 1, groups: 3),
    ConvolutionCase(channels: 5, outputs: 10, padding: 1, groups: 5),
    ConvolutionCase(channels: 16, outputs: 16, padding: 1, groups: 16),
    ConvolutionCase(channels: 17, outputs: 17, stride: 2, padding: 1, groups: 17),
    ConvolutionCase(channels: 17, outputs: 51, padding: 1, groups: 17),
    ConvolutionCase(channels: 64, outputs: 64, padding: 2, dilation: 2, groups: 64),
  ]

  /// Pixel counts on either side of tiles.
  private static let tails = [
    ConvolutionCase(input: Extent(1, 13), channels: 8, outputs: 8, kernel: 1),
    ConvolutionCase(input: Extent(3, 17), channels: 8, outputs: 20, padding: 1),
    ConvolutionCase(input: Extent(17, 3), channels: 4, outputs: 33, padding: 1),
    ConvolutionCase(batch: 3, input: Extent(5, 31), channels: 2, outputs: 18, kernel: Extent(1, 3)),
    ConvolutionCase(batch: 2, input: Extent(15, 16), channels: 3, outputs: 15, kernel: 5, stride: 2, padding: 2),
    ConvolutionCase(batch: 5, input: Extent(2, 2), channels: 31, outputs: 7, kernel: 2),
    ConvolutionCase(batch: 7, input: 1, channels: 33, outputs: 47, kernel: 1),
    ConvolutionCase(batch: 2, input: 28, channels: 1, outputs: 6, kernel: 5, padding: 2),
  ]

  /// Combinations that nobody thought of.
  private static let random = {
    var random = RandomValues(seed: 2_024)
    var cases: [ConvolutionCase] = []
    while cases.count < 60 {
      func extent(_ range: ClosedRange<Int>) -> Extent {
        Extent(.random(in: range, using: &random), .random(in: range, using: &random))
      }
      let (kernel, dilation, stride) = (extent(1...7), extent(1...3), extent(1...3))
      let padding = Padding(
        top: .random(in: 0...3, using: &random), left: .random(in: 0...3, using: &random),
        bottom: .random(in: 0...3, using: &random), right: .random(in: 0...3, using: &random))
      let room = extent(0...4)
      let input = Extent(
        max(1, dilation.rows * (kernel.rows - 1) + 1 + room.rows - padding.top - padding.bottom),
        max(1, dilation.columns * (kernel.columns - 1) + 1 + room.columns - padding.left - padding.right))
      let channels = random.pick([1, 2, 3, 5, 8, 16, 17])
      let (groups, outputs) = random.pick([
        (1, random.pick([1, 3, 5, 16, 17])), (1, random.pick([2, 7, 32])), (channels, channels),
        (channels, 2 * channels),
      ])
      cases.append(
        ConvolutionCase(
          batch: random.pick([1, 1, 2, 3]), input: input, channels: channels, outputs: outputs, kernel: kernel,
          stride: stride, padding: padding, dilation: dilation, groups: groups))
    }
    return cases
  }()
}
