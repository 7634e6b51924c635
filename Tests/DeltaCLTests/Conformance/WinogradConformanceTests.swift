import Testing

@testable import DeltaCL

/// Winograd's algorithm, which rounds more than the direct sum and so is near to the reference and not exact.
@Suite struct WinogradConformanceTests {
  private var random = RandomValues(seed: 5)

  /// The bound of the error, in standard deviations of the result, as `NumericsAndRepeatability.md` states it: the transforms
  /// of F(4x4, 3x3) and F(4x4, 5x5) magnify rounding some four times on average (Barabasz et al., "Error Analysis and
  /// Improving the Accuracy of Winograd Convolution", 2018), the largest error of some million results is about fifteen times
  /// the average.
  private static let tolerance = Tolerance.deviation(5e-5)

  /// Convolutions, and what is chosen for them where their sizes alone would not lead to a kernel.
  static let cases: [(convolution: ConvolutionCase, parameters: Winograd.Parameters)] =
    TestDevice.usesSmallShapes ? smallCases : largeCases.map { ($0, Winograd.Parameters()) }

  /// Those for each kernel with an epilogue.
  static let epilogueCases =
    TestDevice.usesSmallShapes ? cases : stride(from: 0, to: cases.count, by: 3).map { cases[$0] }

  /// The fused kernel for so few tiles that an interpreter can do them.
  private static let fused = Winograd.Parameters(tile: TileShape(width: 16, vectors: 1, pixels: 4), tiles: 4)

  private static let smallCases: [(ConvolutionCase, Winograd.Parameters)] = [
    (ConvolutionCase(input: 4, channels: 16, outputs: 16, padding: 1), .init()),
    // The last block of tiles is not full; tiles of several images.
    (ConvolutionCase(input: Extent(6, 17), channels: 17, outputs: 16, padding: 1), fused),
    (ConvolutionCase(batch: 3, input: 6, channels: 16, outputs: 20, padding: 1), fused),
    // So many channels that work-items of the gradient keep their products.
    (ConvolutionCase(input: 4, channels: 16, outputs: 528, padding: 1), .init()),
    (ConvolutionCase(input: Extent(7, 8), channels: 17, outputs: 20, kernel: 5, padding: 1), .init()),
    (ConvolutionCase(batch: 5, input: 8, channels: 17, outputs: 18, kernel: 5), fused),
    (ConvolutionCase(input: Extent(9, 8), channels: 18, outputs: 19, stride: 2, padding: Padding(1, 0)), .init()),
    (ConvolutionCase(batch: 2, input: 9, channels: 17, outputs: 16, stride: 2, padding: 1), fused),
  ]

  private static let largeCases =
    [
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
      // Channels that are no multiple of a vector, some of them also none of those done at a time.
      ConvolutionCase(batch: 2, input: Extent(8, 13), channels: 20, outputs: 50, padding: 1),
      ConvolutionCase(batch: 9, input: Extent(20, 21), channels: 50, outputs: 17, padding: 1),
      ConvolutionCase(batch: 2, input: Extent(11, 6), channels: 73, outputs: 100, padding: 1),
      // 5x5.
      ConvolutionCase(batch: 3, input: Extent(9, 12), channels: 32, outputs: 64, kernel: 5, padding: 2),
      ConvolutionCase(batch: 64, input: 12, channels: 20, outputs: 50, kernel: 5),
      ConvolutionCase(
        batch: 2, input: Extent(6, 7), channels: 37, outputs: 19, kernel: 5,
        padding: Padding(top: 0, left: 4, bottom: 3, right: 1)),
      ConvolutionCase(batch: 3, input: Extent(27, 26), channels: 64, outputs: 48, kernel: 5, padding: 2),
      // Stride 2, with padding of each phase, and inputs of which the last rows are used or not.
      ConvolutionCase(batch: 2, input: Extent(16, 15), channels: 64, outputs: 48, stride: 2, padding: 1),
      ConvolutionCase(batch: 2, input: Extent(17, 18), channels: 48, outputs: 64, stride: 2),
      ConvolutionCase(
        input: Extent(14, 17), channels: 80, outputs: 100, stride: 2,
        padding: Padding(top: 3, left: 2, bottom: 1, right: 0)),
      ConvolutionCase(
        batch: 2, input: Extent(15, 16), channels: 100, outputs: 48, stride: 2,
        padding: Padding(top: 0, left: 1, bottom: 1, right: 2)),
      ConvolutionCase(batch: 8, input: Extent(48, 47), channels: 64, outputs: 64, stride: 2, padding: 1),
    ]
    // Every number of results of a delta's last tile, in either phase.
    + [1, 3, 4, 5, 6, 7].map { rest in
      ConvolutionCase(
        batch: 2, input: Extent(8 + rest, 16 - rest), channels: 16, outputs: 16, stride: 2, padding: Padding(0, 1))
    }

  @Test(arguments: cases)
  mutating func allDirectionsAreNear(_ parameters: ConvolutionCase, _ chosen: Winograd.Parameters) throws {
    let convolution = try parameters.descriptor()
    let planner = Planner.cpu.choosing(PlanChoice(Winograd.self, chosen))
    let backend = try TestDevice.newBackend(planner)
    let x = Values.float32(random.floats(convolution.inputShape.elementCount))
    let w = Values.float32(random.floats(convolution.kernelShape.elementCount))
    let b = Values.float32(random.floats(convolution.biasShape.elementCount))
    let dy = Values.float32(random.floats(convolution.outputShape.elementCount))
    try verify(.convolution(convolution, bias: true), [x, w, b], Self.tolerance, on: backend)
    try verify(.convolution(convolution, bias: false), [x, w], Self.tolerance, on: backend)
    try verify(.convolutionDelta(convolution), [dy, w], Self.tolerance, on: backend)
    let gradient = TensorOperation.convolutionGradient(convolution)
    if convolution.stride == 1 {
      try verify(gradient, [x, dy], Self.tolerance, on: backend)
    } else {
      #expect(
        planner.refusal(of: PlanChoice(Winograd.self, chosen), for: gradient)
          == .noTransform(.gradient, kernel: convolution.kernelSize, stride: convolution.stride))
    }
  }

  // MARK: The bound

  /// Long sums, by both ways of a correlation, over images of few and many tiles.
  static let longSums =
    TestDevice.usesSmallShapes
    ? [ConvolutionCase(input: 4, channels: 80, outputs: 16, padding: 1)]
    : [
      ConvolutionCase(input: 128, channels: 16, outputs: 16, padding: 1),
      ConvolutionCase(input: 16, channels: 352, outputs: 96, padding: 1),
      ConvolutionCase(input: 4, channels: 1024, outputs: 32, padding: 1),
      ConvolutionCase(input: 20, channels: 160, outputs: 32, kernel: 5, padding: 2),
      ConvolutionCase(input: 16, channels: 352, outputs: 32, stride: 2, padding: 1),
    ]

  /// The largest error and its root mean square, in root mean squares of the result, of some elements that are held to sums in
  /// double precision.
  private mutating func error(_ operation: TensorOperation, _ inputs: [Values], on backend: any Backend) throws -> (
    largest: Double, mean: Double
  ) {
    let actual = try run(operation, inputs, on: backend)[0].floats
    let floats = inputs.map(\.floats)
    var largest = 0.0, errors = 0.0, squares = 0.0, count = 0.0
    for _ in 0..<(TestDevice.usesSmallShapes ? 50 : 1_000) {
      let index = Int.random(in: actual.indices, using: &random)
      let expected = try #require(operation.referenceSample(at: index, of: floats)).value
      let difference = abs(Double(actual[index]) - expected)
      largest = max(largest, difference)
      errors += difference * difference
      squares += expected * expected
      count += 1
    }
    let deviation = (squares / count).squareRoot()
    return (largest / deviation, (errors / count).squareRoot() / deviation)
  }

  /// In one sum of all 352 channels the root mean square was 3.7e-6.
  @Test(arguments: longSums, [0, 6])
  mutating func errorsOfLongSumsStayBounded(_ parameters: ConvolutionCase, _ tiles: Int) throws {
    let convolution = try parameters.descriptor()
    let vectors = min(2, parameters.outputs / 16)
    let choice = PlanChoice(
      Winograd.self, .init(tile: .init(width: 16, vectors: vectors, pixels: 6), tiles: tiles))
    let planner = Planner.cpu.choosing(choice)
    let forward = TensorOperation.convolution(convolution, bias: false)
    #expect(try planner.decide(forward).launches.summary.contains("winograd_correlate") == (tiles > 0))
    let backend = try TestDevice.newBackend(planner)
    let x = Values.float32(random.floats(convolution.inputShape.elementCount))
    let w = Values.float32(random.floats(convolution.kernelShape.elementCount))
    let dy = Values.float32(random.floats(convolution.outputShape.elementCount))
    let mean = convolution.kernelSize == 5 ? 5e-6 : 3e-6
    for (operation, inputs) in [
      (forward, [x, w]), (.convolutionDelta(convolution), [dy, w]), (.convolutionGradient(convolution), [x, dy]),
    ] where convolution.stride == 1 || operation.name != "convolution-gradient" {
      let error = try error(operation, inputs, on: backend)
      #expect(error.largest <= 5e-5 && error.mean <= mean, "\(operation.name): \(error)")
    }
  }

  /// Equal addends of one sign, whose rounding errors have one sign too.
  @Test(arguments: [0, 6]) func equalAddendsDoNotDrift(_ tiles: Int) throws {
    let small = TestDevice.usesSmallShapes
    let planner = Planner.cpu.choosing(
      PlanChoice(Winograd.self, .init(tile: .init(width: 16, vectors: 1, pixels: 6), tiles: tiles)))
    let backend = try TestDevice.newBackend(planner)
    let manyChannels = try ConvolutionCase(input: 4, channels: small ? 80 : 4_096, outputs: 16, padding: 1).descriptor()
    let manyTiles = try ConvolutionCase(
      batch: small ? 2 : 16, input: small ? 8 : 96, channels: 16, outputs: 16, padding: 1
    ).descriptor()
    func tenths(_ shape: Shape) -> Values { .float32([Float](repeating: 0.1, count: shape.elementCount)) }
    for (operation, inputs) in [
      (TensorOperation.convolution(manyChannels, bias: false), [manyChannels.inputShape, manyChannels.kernelShape]),
      (.convolutionGradient(manyTiles), [manyTiles.inputShape, manyTiles.outputShape]),
    ] {
      let values = inputs.map(tenths)
      let actual = try run(operation, values, on: backend)[0].floats
      for index in [0, actual.count / 2, actual.count - 1] {
        let (expected, terms) = try #require(operation.referenceSample(at: index, of: values.map(\.floats)))
        let bound = 2 * Double(terms).squareRoot() * Double(Tolerance.epsilon) * expected
        #expect(abs(Double(actual[index]) - expected) <= bound)
      }
    }
  }
}
