import Testing

@testable import DeltaCL

/// The direct convolution of images of few channels, whatever shapes the planner would take it for.
@Suite struct FewChannelsConformanceTests {
  private var random = RandomValues(seed: 44)

  /// Every number of channels, kernels on either side of vectors and tiles, padding within the kernel and beyond it, windows that
  /// see nothing but padding.
  static let cases =
    TestDevice.usesSmallShapes
    ? [
      ConvolutionCase(batch: 2, input: Extent(4, 5), channels: 3, outputs: 17, stride: 2, padding: 1),
      ConvolutionCase(input: Extent(3, 9), channels: 1, outputs: 4, kernel: Extent(2, 3), padding: Padding(0, 4)),
    ]
    : [
      ConvolutionCase(batch: 2, input: 24, channels: 3, outputs: 32, stride: 2, padding: 1),
      ConvolutionCase(batch: 3, input: Extent(9, 14), channels: 3, outputs: 64, padding: 1),
      ConvolutionCase(batch: 2, input: 17, channels: 3, outputs: 33, kernel: 7, stride: 2, padding: 3),
      ConvolutionCase(batch: 2, input: Extent(23, 19), channels: 3, outputs: 96, kernel: 5, stride: Extent(1, 4)),
      ConvolutionCase(batch: 5, input: 12, channels: 1, outputs: 20, kernel: 5),
      ConvolutionCase(input: Extent(5, 6), channels: 2, outputs: 7, kernel: Extent(1, 3), stride: Extent(3, 1)),
      ConvolutionCase(batch: 2, input: 7, channels: 4, outputs: 17, kernel: 1, stride: 3),
      ConvolutionCase(
        batch: 2, input: Extent(3, 5), channels: 3, outputs: 18, kernel: Extent(3, 2), stride: Extent(2, 1),
        padding: Padding(top: 5, left: 0, bottom: 1, right: 6)),
      ConvolutionCase(input: 1, channels: 1, outputs: 1, kernel: 1),
      ConvolutionCase(input: Extent(2, 1), channels: 2, outputs: 16, kernel: 3, padding: Padding(2, 3)),
    ]

  private static let choice = PlanChoice(FewChannels.self)

  private mutating func integers(_ shape: Shape, with value: Float? = nil) -> Values {
    var values = random.integers(shape.elementCount)
    if let value { for index in [0, values.count / 2, values.count - 1] { values[index] = value } }
    return .float32(values)
  }

  @Test(arguments: cases) mutating func forwardAndGradientAreExactOnIntegers(_ parameters: ConvolutionCase) throws {
    let convolution = try parameters.descriptor()
    let backend = try TestDevice.newBackend(.cpu.choosing(Self.choice))
    let (x, w) = (integers(convolution.inputShape), integers(convolution.kernelShape))
    try verify(.convolution(convolution, bias: true), [x, w, integers(convolution.biasShape)], on: backend)
    try verify(.convolution(convolution, bias: false), [x, w], on: backend)
    try verify(.convolutionGradient(convolution), [x, integers(convolution.outputShape)], on: backend)
  }

  @Test(arguments: cases.prefix(3)) mutating func epiloguesAreApplied(_ parameters: ConvolutionCase) throws {
    let convolution = try parameters.descriptor()
    let backend = try TestDevice.newBackend(.cpu.choosing(Self.choice))
    try verify(
      .fused(.convolution(convolution, bias: true), .activation(.relu)),
      [integers(convolution.inputShape), integers(convolution.kernelShape), integers(convolution.biasShape)],
      on: backend)
  }

  /// Padding is multiplied with nothing, not even an infinite weight or delta.
  @Test(arguments: cases.prefix(4), TestDevice.usesSmallShapes ? [Float.infinity] : [.infinity, .nan])
  mutating func paddingIsLeftOut(_ parameters: ConvolutionCase, _ value: Float) throws {
    let convolution = try parameters.descriptor()
    let backend = try TestDevice.newBackend(.cpu.choosing(Self.choice))
    let (x, w, dy) = (convolution.inputShape, convolution.kernelShape, convolution.outputShape)
    for (operation, inputs) in [
      (TensorOperation.convolution(convolution, bias: false), [integers(x), integers(w, with: value)]),
      (.convolution(convolution, bias: false), [integers(x, with: value), integers(w)]),
      (.convolutionGradient(convolution), [integers(x), integers(dy, with: value)]),
      (.convolutionGradient(convolution), [integers(x, with: value), integers(dy)]),
    ] {
      try verify(operation, inputs, on: backend)
    }
  }

  @Test func refusesWhatItCannotDo() throws {
    func refusal(_ parameters: ConvolutionCase, delta: Bool = false) throws -> Refusal? {
      let convolution = try parameters.descriptor()
      let operation: TensorOperation =
        delta ? .convolutionDelta(convolution) : .convolution(convolution, bias: false)
      return Planner.cpu.refusal(of: Self.choice, for: operation)
    }
    #expect(try refusal(ConvolutionCase(channels: 5)) == .manyChannels(5))
    #expect(try refusal(ConvolutionCase(input: 7, dilation: 2)) == .dilation(2))
    #expect(try refusal(ConvolutionCase(channels: 4, outputs: 4, groups: 2)) == .groups(2))
    #expect(try refusal(ConvolutionCase(batch: 0)) == .emptyBatch)
    #expect(try refusal(ConvolutionCase(), delta: true) == .otherOperation)
    #expect(try refusal(ConvolutionCase(input: 100, channels: 3, kernel: 12)) == .longSums(432, most: 256))
    #expect(
      try refusal(ConvolutionCase(input: Extent(3, 2_000), channels: 3, kernel: Extent(3, 2)))
        == .localMemory(72_000, available: 16 << 10))
  }

  /// Where the direct sum takes less time, the algorithm is there for tuning alone.
  @Test func isTakenWherePaddingTakesMostOfTheTime() throws {
    func algorithms(_ parameters: ConvolutionCase) throws -> [String?] {
      let convolution = try parameters.descriptor()
      return try [.convolution(convolution, bias: false), .convolutionGradient(convolution)].map {
        try Planner.cpu.decide($0).choice?.algorithm
      }
    }
    #expect(
      try algorithms(ConvolutionCase(input: 96, channels: 3, outputs: 32, stride: 2, padding: 1))
        == ["few-channels", "few-channels"])
    #expect(
      try algorithms(ConvolutionCase(input: 64, channels: 3, outputs: 32, stride: 2, padding: 1))
        == ["few-channels", "direct"])
    #expect(
      try algorithms(ConvolutionCase(input: 96, channels: 3, outputs: 32, padding: 1)) == ["direct", "direct"])
  }
}
