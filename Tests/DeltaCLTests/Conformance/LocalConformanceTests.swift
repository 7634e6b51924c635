import Testing

@testable import DeltaCL

/// Each tile of the local family, whatever shapes the planner would take it for.
@Suite struct LocalConformanceTests {
  private var random = RandomValues(seed: 6)

  /// Results on either side of every tile, sums on either side of its depth, vectors of channels and single ones.
  static let cases =
    TestDevice.usesSmallShapes
    ? [
      ConvolutionCase(
        input: Extent(3, 4), channels: 8, outputs: 12, kernel: 2, stride: Extent(2, 1),
        padding: Padding(top: 1, left: 0, bottom: 0, right: 1)),
      ConvolutionCase(input: Extent(4, 3), channels: 18, outputs: 20, kernel: Extent(1, 2), groups: 2),
    ]
    : [
      ConvolutionCase(
        batch: 2, input: Extent(7, 9), channels: 20, outputs: 36, stride: Extent(2, 1),
        padding: Padding(top: 1, left: 0, bottom: 2, right: 1), dilation: Extent(1, 2), groups: 2),
      ConvolutionCase(batch: 2, input: Extent(9, 7), channels: 40, outputs: 72, stride: 2, padding: 1, groups: 2),
      // The gradient's sums are split in two, unevenly.
      ConvolutionCase(batch: 3, input: Extent(20, 23), channels: 5, outputs: 7, kernel: Extent(3, 2)),
      ConvolutionCase(batch: 3, input: Extent(21, 23), channels: 8, outputs: 12, kernel: Extent(1, 3), stride: 1),
      ConvolutionCase(batch: 2, input: Extent(11, 13), channels: 132, outputs: 140, kernel: 1),
      ConvolutionCase(batch: 1, input: Extent(13, 11), channels: 129, outputs: 131, kernel: 1, stride: 2),
      ConvolutionCase(input: 9, channels: 4, outputs: 4, kernel: 5, padding: 4, dilation: Extent(2, 1)),
      ConvolutionCase(input: 2, channels: 1, outputs: 1, kernel: 2),
    ]

  /// All cases with the largest and the smallest tile, which between them take every path, and two with each other tile.
  static let combinations = TestDevice.localTiles.enumerated().flatMap { index, tile in
    (index == 0 || index == TestDevice.localTiles.count - 1 ? cases : Array(cases.prefix(2))).map { (tile, $0) }
  }

  @Test(arguments: combinations)
  mutating func allDirectionsAreExactOnIntegers(_ tile: LocalTile, _ parameters: ConvolutionCase) throws {
    let convolution = try parameters.descriptor()
    var planner = Planner.gpu
    planner.localTiles = [tile]
    let backend = try TestDevice.newBackend(planner)
    let x = Values.float32(random.integers(convolution.inputShape.elementCount))
    let w = Values.float32(random.integers(convolution.kernelShape.elementCount))
    let b = Values.float32(random.integers(convolution.biasShape.elementCount))
    let dy = Values.float32(random.integers(convolution.outputShape.elementCount))
    try verify(.convolution(convolution, bias: true), [x, w, b], on: backend)
    try verify(.convolution(convolution, bias: false), [x, w], on: backend)
    try verify(.convolutionDelta(convolution), [dy, w], on: backend)
    try verify(.convolutionGradient(convolution), [x, dy], on: backend)
  }

  /// The tile follows from the shape, and so does whether the gradient's sums are split.
  @Test func tilesFollowFromShapes() throws {
    func summary(_ parameters: ConvolutionCase, gradient: Bool = false) throws -> String {
      let convolution = try parameters.descriptor()
      return try Planner.gpu.decide(
        gradient ? .convolutionGradient(convolution) : .convolution(convolution, bias: false)
      ).launches.summary
    }
    let large = ConvolutionCase(batch: 64, input: 28, channels: 128, outputs: 128, padding: 1)
    #expect(try summary(large).contains("TM=128 TN=128"))
    #expect(try summary(large, gradient: true).contains("local_convolution_gradient_sum"))
    let small = ConvolutionCase(input: 5, channels: 4, outputs: 4)
    #expect(try summary(small).contains("TM=32 TN=32"))
    #expect(try !summary(small, gradient: true).contains("local_convolution_gradient_sum"))
    let narrow = ConvolutionCase(batch: 64, input: 56, channels: 16, outputs: 24, kernel: 1)
    #expect(try summary(narrow).contains("TN=32"))
    let depthwise = ConvolutionCase(input: 9, channels: 32, outputs: 32, groups: 32)
    #expect(try !summary(depthwise).contains("local"))
  }
}
