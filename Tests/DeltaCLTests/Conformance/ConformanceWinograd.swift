import Testing

@testable import DeltaCL

/// Winograd's algorithm, which rounds more than the direct sum and so is near to the reference and not exact.
@Suite struct ConformanceWinograd {
  private var random = RandomValues(seed: 5)

  /// The bound of the error, in standard deviations of the result: the transforms of F(4x4, 3x3) magnify rounding some four
  /// times on average (Barabasz et al., "Error Analysis and Improving the Accuracy of Winograd Convolution", 2018), the
  /// largest error of some thousand results is about ten times the average.
  private static let tolerance = Tolerance.deviation(5e-5)

  static let cases =
    TestDevice.usesSmallShapes
    ? [
      ConvolutionCase(input: 4, channels: 16, outputs: 16, padding: 1),
      ConvolutionCase(input: Extent(33, 62), channels: 16, outputs: 16, padding: 1),
      ConvolutionCase(batch: 7, input: 30, channels: 16, outputs: 16, padding: 1),
      // So many channels that work-items of the gradient keep their products.
      ConvolutionCase(input: 4, channels: 128, outputs: 512, padding: 1),
    ]
    : [
      ConvolutionCase(batch: 2, input: 8, channels: 16, outputs: 16, padding: 1),
      ConvolutionCase(input: Extent(9, 7), channels: 32, outputs: 48),
      ConvolutionCase(input: Extent(6, 13), channels: 64, outputs: 64, padding: 1),
      ConvolutionCase(
        batch: 3, input: Extent(5, 6), channels: 16, outputs: 64, padding: Padding(top: 2, left: 0, bottom: 1, right: 2)
      ),
      ConvolutionCase(input: 8, channels: 96, outputs: 16, padding: 3),
      // So many tiles that they are done in two blocks, and channels that are no multiple of those done at a time.
      ConvolutionCase(batch: 4, input: Extent(25, 21), channels: 48, outputs: 32, padding: 1),
      // So many channels that work-items of the gradient keep their products.
      ConvolutionCase(batch: 3, input: Extent(5, 7), channels: 512, outputs: 128, padding: 1),
      // Enough tiles for the fused kernel, the last block of them not full.
      ConvolutionCase(batch: 7, input: 30, channels: 16, outputs: 16, padding: 1),
      ConvolutionCase(batch: 5, input: Extent(31, 45), channels: 16, outputs: 32),
    ]

  @Test(arguments: cases) mutating func allDirectionsAreNear(_ parameters: ConvolutionCase) throws {
    let convolution = try parameters.descriptor()
    #expect(Planner.cpu.usesWinograd(convolution))
    let backend = try TestDevice.newBackend(.cpu)
    let x = Values.float32(random.floats(convolution.inputShape.elementCount))
    let w = Values.float32(random.floats(convolution.kernelShape.elementCount))
    let b = Values.float32(random.floats(convolution.biasShape.elementCount))
    let dy = Values.float32(random.floats(convolution.outputShape.elementCount))
    try verify(.convolution(convolution, bias: true), [x, w, b], Self.tolerance, on: backend)
    try verify(.convolution(convolution, bias: false), [x, w], Self.tolerance, on: backend)
    try verify(.convolutionDelta(convolution), [dy, w], Self.tolerance, on: backend)
    try verify(.convolutionGradient(convolution), [x, dy], Self.tolerance, on: backend)
  }
}
