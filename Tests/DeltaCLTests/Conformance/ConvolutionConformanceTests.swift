import Testing

@testable import DeltaCL

@Suite struct ConvolutionConformanceTests {
  private var random = RandomValues(seed: 1)

  @Test(arguments: ConvolutionCase.grid)
  mutating func forwardIsExactOnIntegers(_ parameters: ConvolutionCase) throws {
    let convolution = try parameters.descriptor()
    let x = Values.float32(random.integers(convolution.inputShape.elementCount))
    let w = Values.float32(random.integers(convolution.kernelShape.elementCount))
    let b = Values.float32(random.integers(convolution.biasShape.elementCount))
    try verify(.convolution(convolution, bias: true), [x, w, b])
    try verify(.convolution(convolution, bias: false), [x, w])
  }

  @Test(arguments: ConvolutionCase.grid)
  mutating func deltaIsExactOnIntegers(_ parameters: ConvolutionCase) throws {
    let convolution = try parameters.descriptor()
    let dy = Values.float32(random.integers(convolution.outputShape.elementCount))
    let w = Values.float32(random.integers(convolution.kernelShape.elementCount))
    try verify(.convolutionDelta(convolution), [dy, w])
  }

  @Test(arguments: ConvolutionCase.grid)
  mutating func gradientIsExactOnIntegers(_ parameters: ConvolutionCase) throws {
    let convolution = try parameters.descriptor()
    let x = Values.float32(random.integers(convolution.inputShape.elementCount))
    let dy = Values.float32(random.integers(convolution.outputShape.elementCount))
    try verify(.convolutionGradient(convolution), [x, dy])
  }

  /// The planner may not stop taking for them the kernel that they are there for.
  @Test(arguments: TestDevice.usesSmallShapes ? ConvolutionCase.tiny.suffix(1) : ConvolutionCase.manySmallImages[...])
  func manySmallImagesAreTiledByImages(_ parameters: ConvolutionCase) throws {
    let convolution = try parameters.descriptor()
    let backend = try TestDevice.newBackend(.cpu.exact)
    let summaries = try [TensorOperation.convolution(convolution, bias: false), .convolutionDelta(convolution)].map {
      try backend.plan(for: $0).summary
    }
    #expect(summaries.contains { $0.contains("convolution_correlate_images") }, "\(summaries)")
  }

  @Test(arguments: ConvolutionCase.sparseGrid, SumData.allCases)
  mutating func allDirectionsAreNear(_ parameters: ConvolutionCase, _ data: SumData) throws {
    let convolution = try parameters.descriptor()
    let x = Values.float32(data.values(convolution.inputShape.elementCount, &random))
    let w = Values.float32(random.floats(convolution.kernelShape.elementCount))
    let b = Values.float32(random.floats(convolution.biasShape.elementCount))
    let dy = Values.float32(data.values(convolution.outputShape.elementCount, &random))
    let cells = convolution.kernelSize.rows * convolution.kernelSize.columns
    try verify(
      .convolution(convolution, bias: true), [x, w, b],
      data.tolerance(terms: cells * convolution.inputChannels / convolution.groups + 1))
    try verify(
      .convolutionDelta(convolution), [dy, w],
      data.tolerance(terms: cells * convolution.outputChannels / convolution.groups))
    try verify(
      .convolutionGradient(convolution), [x, dy],
      data.tolerance(terms: convolution.batch * convolution.outputSize.rows * convolution.outputSize.columns))
  }

  /// Few input channels, some of the images so high that they are done in bands, or the kernels so far apart that many rows
  /// wait to be gathered.
  @Test(
    arguments: TestDevice.usesSmallShapes
      ? [ConvolutionCase(input: Extent(18, 5), channels: 2, outputs: 17, kernel: Extent(1, 3), padding: 1)]
      : [
        ConvolutionCase(input: Extent(50, 9), channels: 3, outputs: 17, padding: 1),
        ConvolutionCase(
          batch: 2, input: Extent(71, 40), channels: 2, outputs: 20, kernel: Extent(5, 4), stride: 2,
          padding: Padding(top: 1, left: 2, bottom: 0, right: 3)),
        ConvolutionCase(
          input: Extent(130, 23), channels: 1, outputs: 7, stride: Extent(1, 3), padding: 2, dilation: Extent(2, 4)),
        ConvolutionCase(batch: 3, input: Extent(49, 80), channels: 4, outputs: 33, kernel: 7, stride: 2, padding: 3),
      ])
  mutating func deltasByCol2ImAreExactOnIntegers(_ parameters: ConvolutionCase) throws {
    let convolution = try parameters.descriptor()
    let planner = Planner.cpu.choosing(PlanChoice(Col2Im.self))
    let dy = Values.float32(random.integers(convolution.outputShape.elementCount))
    let w = Values.float32(random.integers(convolution.kernelShape.elementCount))
    try verify(.convolutionDelta(convolution), [dy, w], on: TestDevice.newBackend(planner))
  }

  /// Long columns are where a kernel would split the sum.
  @Test(
    arguments: TestDevice.usesSmallShapes
      ? [(3, 5)] : [(0, 4), (1, 1), (3, 5), (7, 16), (130, 17), (1_000, 3), (5_000, 64)])
  mutating func biasGradient(rows: Int, channels: Int) throws {
    let operation = TensorOperation.biasGradient(rows: rows, channels: channels)
    try verify(operation, [.float32(random.integers(rows * channels))])
    try verify(operation, [.float32(random.floats(rows * channels))], .sum(terms: rows))
  }
}
