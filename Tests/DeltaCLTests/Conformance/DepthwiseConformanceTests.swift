import DeltaCL
import Testing

/// Convolution whose channels have a kernel each, which has kernels of its own.
@Suite struct DepthwiseConformanceTests {
  private var random = RandomValues(seed: 11)

  private static func depthwise(
    batch: Int = 1, _ input: Extent, channels: Int, kernel: Extent = 3, stride: Extent = 1, padding: Padding = 1,
    dilation: Extent = 1
  ) -> ConvolutionCase {
    ConvolutionCase(
      batch: batch, input: input, channels: channels, outputs: channels, kernel: kernel, stride: stride,
      padding: padding, dilation: dilation, groups: channels)
  }

  /// Small enough for an interpreter: borders and tails of every kind, on vectors that overlap.
  private static let tiny = [
    depthwise(batch: 2, Extent(3, 11), channels: 3),
    depthwise(Extent(4, 9), channels: 17, stride: 2),
    depthwise(Extent(5, 6), channels: 5, kernel: 2, stride: Extent(3, 1), padding: 0, dilation: 2),
    depthwise(Extent(1, 13), channels: 2, kernel: Extent(1, 9), padding: Padding(0, 4)),
    depthwise(Extent(2, 10), channels: 2, kernel: Extent(2, 9), stride: 3, padding: Padding(1, 7)),
  ]

  static let cases = TestDevice.usesSmallShapes ? tiny : tiny + channelCounts + windows + widths

  private static let channelCounts = [1, 2, 3, 4, 15, 16, 17, 31, 40, 64].flatMap { channels in
    [depthwise(Extent(4, 18), channels: channels), depthwise(5, channels: channels, stride: 2)]
  }

  private static let windows = [
    depthwise(batch: 3, Extent(9, 17), channels: 8, kernel: 5, padding: 2),
    depthwise(Extent(9, 20), channels: 8, kernel: 5, stride: 2, padding: 2),
    depthwise(Extent(8, 19), channels: 8, kernel: 4, padding: Padding(top: 1, left: 2, bottom: 2, right: 1)),
    depthwise(Extent(8, 19), channels: 8, kernel: 2, stride: 2, padding: 0),
    depthwise(Extent(9, 21), channels: 8, kernel: Extent(3, 7), stride: Extent(1, 2), padding: 3),
    depthwise(9, channels: 8, kernel: 7, stride: 3, padding: Padding(top: 0, left: 5, bottom: 6, right: 1)),
    depthwise(Extent(9, 30), channels: 8, padding: 4, dilation: 4),
    depthwise(Extent(12, 30), channels: 8, stride: 2, padding: 3, dilation: 3),
    depthwise(Extent(13, 29), channels: 8, stride: Extent(4, 6), padding: 2, dilation: Extent(2, 4)),
    depthwise(Extent(5, 40), channels: 8, padding: Padding(0, 15), dilation: Extent(1, 30)),
    // More columns of a kernel than are unrolled.
    depthwise(Extent(3, 20), channels: 8, kernel: Extent(3, 9), padding: Padding(1, 4)),
    depthwise(Extent(3, 20), channels: 8, kernel: Extent(3, 8), stride: 2, padding: Padding(1, 4)),
    depthwise(Extent(4, 26), channels: 3, kernel: Extent(2, 10), stride: 3, padding: 3, dilation: 2),
    // Strides over the kernel, and those that no tile holds.
    depthwise(Extent(7, 30), channels: 8, kernel: 1, stride: 4, padding: 0),
    depthwise(Extent(9, 40), channels: 8, kernel: 2, stride: 8, padding: Padding(top: 3, left: 5, bottom: 0, right: 7)),
    depthwise(Extent(20, 40), channels: 3, stride: 9),
    // A single pixel, kernels larger than the image, and windows that read padding alone.
    depthwise(1, channels: 17, kernel: 1, padding: 0),
    depthwise(1, channels: 40),
    depthwise(2, channels: 8, kernel: 7, padding: 3),
    depthwise(Extent(1, 3), channels: 8, kernel: 2, stride: 2, padding: 4),
    depthwise(Extent(3, 1), channels: 8, padding: Padding(top: 0, left: 6, bottom: 5, right: 0)),
    depthwise(6, channels: 8, kernel: 6, padding: 0),
    depthwise(batch: 0, 5, channels: 8),
    // One long row.
    depthwise(Extent(1, 150), channels: 17, kernel: Extent(1, 3), padding: Padding(0, 1)),
  ]

  /// Columns on either side of tiles, and rows on either side of a work-item's.
  private static let widths =
    (1...18).map { depthwise(Extent(2, $0), channels: 4) }
    + [21, 30, 31, 32, 33, 34].map { depthwise(Extent(1, $0), channels: 4, stride: Extent(1, 2)) }
    + [63, 64, 130].map { depthwise(batch: 2, Extent($0, 2), channels: 4) }

  @Test(arguments: cases) mutating func allDirectionsAreExactOnIntegers(_ parameters: ConvolutionCase) throws {
    let convolution = try parameters.descriptor()
    let x = Values.float32(random.integers(convolution.inputShape.elementCount))
    let w = Values.float32(random.integers(convolution.kernelShape.elementCount))
    let b = Values.float32(random.integers(convolution.biasShape.elementCount))
    let dy = Values.float32(random.integers(convolution.outputShape.elementCount))
    try verify(.convolution(convolution, bias: true), [x, w, b])
    try verify(.convolution(convolution, bias: false), [x, w])
    try verify(.convolutionDelta(convolution), [dy, w])
    try verify(.convolutionGradient(convolution), [x, dy])
  }

  @Test(arguments: TestDevice.usesSmallShapes ? [3] : [1, 3, 16, 17, 40])
  mutating func epiloguesAreExactOnIntegers(channels: Int) throws {
    let convolution = try Self.depthwise(Extent(5, 11), channels: channels, stride: 2).descriptor()
    let x = Values.float32(random.integers(convolution.inputShape.elementCount))
    let w = Values.float32(random.integers(convolution.kernelShape.elementCount))
    let b = Values.float32(random.integers(convolution.biasShape.elementCount))
    let dy = Values.float32(random.integers(convolution.outputShape.elementCount))
    try verify(.fused(.convolution(convolution, bias: true), .activation(.relu6)), [x, w, b])
    try verify(.fused(.convolutionDelta(convolution), .activationDelta(.relu6)), [dy, w, x])
  }

  /// An infinity reaches what its window covers and nothing else: padding and the rest of a tile multiply nothing.
  @Test func infinityStaysInItsWindows() throws {
    let convolution = try Self.depthwise(Extent(1, 10), channels: 1, kernel: Extent(1, 3), padding: Padding(0, 1))
      .descriptor()
    let x = Values.float32([.infinity] + [Float](repeating: 1, count: 9))
    let w = Values.float32([1, 1, 1]), dy = Values.float32([Float](repeating: 1, count: 10))
    for backend in try TestDevice.backends() {
      let y = try run(.convolution(convolution, bias: false), [x, w], on: backend)
      #expect(y == [.float32([.infinity, .infinity, 3, 3, 3, 3, 3, 3, 3, 2])])
      let dw = try run(.convolutionGradient(convolution), [x, dy], on: backend)
      #expect(dw == [.float32([.infinity, .infinity, 9])])
    }
  }
}
