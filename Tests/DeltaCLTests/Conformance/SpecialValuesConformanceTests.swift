import Testing

@testable import DeltaCL

/// Infinities and NaN in convolutions: they reach the windows that hold them and no other, and padding is multiplied with
/// nothing, whatever the plan.
@Suite struct SpecialValuesConformanceTests {
  private var random = RandomValues(seed: 31)

  /// Padding on every side, vectors and tiles that are not full, every direct plan.
  static let cases =
    TestDevice.usesSmallShapes
    ? [
      ConvolutionCase(input: Extent(4, 5), channels: 3, outputs: 17, padding: 1),
      ConvolutionCase(batch: 2, input: 4, channels: 4, outputs: 6, stride: 2, padding: 2, groups: 2),
      ConvolutionCase(input: 5, channels: 4, outputs: 4, padding: 1, groups: 4),
    ]
    : [
      ConvolutionCase(input: Extent(4, 5), channels: 3, outputs: 17, padding: 1),
      ConvolutionCase(batch: 5, input: 2, channels: 16, outputs: 33, padding: 1),
      ConvolutionCase(
        batch: 2, input: Extent(7, 6), channels: 4, outputs: 6, stride: Extent(2, 1),
        padding: Padding(top: 2, left: 1, bottom: 1, right: 3), dilation: Extent(1, 2), groups: 2),
      ConvolutionCase(input: Extent(6, 7), channels: 5, outputs: 5, kernel: 5, padding: 2, groups: 5),
      ConvolutionCase(batch: 2, input: 9, channels: 17, outputs: 17, stride: 2, padding: 1, groups: 17),
      ConvolutionCase(batch: 2, input: Extent(5, 9), channels: 20, outputs: 24, kernel: 1, stride: 2, padding: 1),
      ConvolutionCase(batch: 3, input: Extent(9, 11), channels: 1, outputs: 6, kernel: 5, padding: 2),
    ]

  /// Each of Winograd's algorithms.
  static let winogradCases =
    TestDevice.usesSmallShapes
    ? [ConvolutionCase(input: Extent(4, 5), channels: 16, outputs: 16, padding: 1)]
    : [
      ConvolutionCase(batch: 2, input: Extent(7, 6), channels: 17, outputs: 33, padding: 1),
      ConvolutionCase(input: Extent(7, 9), channels: 16, outputs: 16, kernel: 5, padding: 2),
      ConvolutionCase(input: Extent(9, 8), channels: 16, outputs: 32, stride: 2, padding: 1),
      ConvolutionCase(
        input: Extent(8, 7), channels: 16, outputs: 16, stride: 2,
        padding: Padding(top: 0, left: 2, bottom: 1, right: 1)),
      // So many channels that work-items of the gradient keep their products.
      ConvolutionCase(input: 4, channels: 16, outputs: 528, padding: 1),
    ]

  /// Both ways of a correlation for the first of them, one or the other for the rest, each of which is programs to build.
  static let winogradPlans = winogradCases.enumerated().flatMap { index, parameters in
    (index == 0 ? [0, 16] : [index % 2 * 16]).map { (parameters, $0) }
  }

  /// The cases with each of two others, of which an interpreter takes one in turn.
  private static func pairs<Other>(_ others: [Other]) -> [(ConvolutionCase, Other)] {
    cases.enumerated().flatMap { index, parameters in
      (TestDevice.usesSmallShapes ? [others[index % others.count]] : others).map { (parameters, $0) }
    }
  }

  /// Small integers with `value` in the first element, its negative in the last, and `value` somewhere between.
  private mutating func values(_ shape: Shape, with value: Float? = nil) -> Values {
    var values = random.integers(shape.elementCount)
    if let value {
      values[0] = value
      values[values.count / 2] = value
      values[values.count - 1] = -value
    }
    return .float32(values)
  }

  /// Each operation of a convolution with special values in one of its operands.
  private mutating func operations(
    _ convolution: Convolution, _ value: Float
  ) -> [(operation: TensorOperation, inputs: [Values])] {
    let (x, w, dy) = (convolution.inputShape, convolution.kernelShape, convolution.outputShape)
    return [
      (.convolution(convolution, bias: true), [values(x), values(w, with: value), values(convolution.biasShape)]),
      (.convolution(convolution, bias: false), [values(x, with: value), values(w)]),
      (.convolutionDelta(convolution), [values(dy), values(w, with: value)]),
      (.convolutionDelta(convolution), [values(dy, with: value), values(w)]),
      (.convolutionGradient(convolution), [values(x), values(dy, with: value)]),
      (.convolutionGradient(convolution), [values(x, with: value), values(dy)]),
    ]
  }

  /// In `deltacl op convolution` this was NaN for one image and 64 for more.
  @Test(arguments: [1, 2, 5]) func infiniteWeightOverPadding(_ batch: Int) throws {
    let convolution = try ConvolutionCase(batch: batch, input: 2, channels: 16, outputs: 33, padding: 1).descriptor()
    var w = [Float](repeating: 1, count: convolution.kernelShape.elementCount)
    for channel in 0..<16 { w[channel] = -.infinity }
    let x = [Float](repeating: 1, count: convolution.inputShape.elementCount)
    let y = try verify(.convolution(convolution, bias: false), [.float32(x), .float32(w)])[0].floats
    // Only the window of the last pixel has the first tap in the image.
    #expect(y[0] == 64 && y[33] == 64 && y[66] == 64 && y[99] == -.infinity)
  }

  @Test(arguments: pairs([Float.infinity, .nan]))
  mutating func directSumsLeaveOutPadding(_ parameters: ConvolutionCase, _ value: Float) throws {
    for (operation, inputs) in operations(try parameters.descriptor(), value) { try verify(operation, inputs) }
  }

  /// The plans that are no default.
  @Test(arguments: cases.prefix(4))
  mutating func chosenPlansLeaveOutPadding(_ parameters: ConvolutionCase) throws {
    let choices = [
      PlanChoice(Col2Im.self), PlanChoice(DirectSum.self, .init(lanes: .taps, splits: 1, chunkPixels: 4)),
      PlanChoice(DirectSum.self, .init(lanes: .kernels, splits: 2, chunkPixels: 4)),
    ]
    let planner = Planner.cpu.exact
    for (operation, inputs) in operations(try parameters.descriptor(), .infinity) {
      for choice in choices where planner.refusal(of: choice, for: operation) == nil {
        try verify(operation, inputs, on: TestDevice.newBackend(planner.choosing(choice)))
      }
    }
  }

  /// The largest tile and the smallest; an interpreter would take minutes for the largest.
  private static let tiles =
    TestDevice.usesSmallShapes
    ? [TestDevice.localTiles.last].compactMap(\.self)
    : [TestDevice.localTiles.first, TestDevice.localTiles.last].compactMap(\.self)

  @Test(arguments: pairs(tiles))
  mutating func localTilesLeaveOutPadding(_ parameters: ConvolutionCase, _ tile: LocalTile) throws {
    var planner = Planner.gpu
    planner.localTiles = [tile]
    let backend = try TestDevice.newBackend(planner)
    for (operation, inputs) in operations(try parameters.descriptor(), .infinity) {
      try verify(operation, inputs, on: backend)
    }
  }

  /// Whether Winograd's algorithms have the pass: all but the gradient at stride 2.
  private func isDone(_ operation: TensorOperation, _ convolution: Convolution) -> Bool {
    convolution.stride == 1 || operation.name != "convolution-gradient"
  }

  /// What a transform has spread over a tile is computed again.
  @Test(arguments: winogradPlans)
  mutating func winogradSpreadsNothing(_ parameters: ConvolutionCase, _ tiles: Int) throws {
    let planner = Planner.cpu.choosing(PlanChoice(Winograd.self, .init(tiles: tiles)))
    let backend = try TestDevice.newBackend(planner)
    let convolution = try parameters.descriptor()
    for value in [Float.infinity, .nan] {
      for (operation, inputs) in operations(convolution, value) where isDone(operation, convolution) {
        try verify(operation, inputs, .deviation(5e-5), on: backend)
      }
    }
    let (x, w) = (values(convolution.inputShape, with: .infinity), values(convolution.kernelShape))
    try verify(
      .fused(.convolution(convolution, bias: false), .activation(.relu)), [x, w], .deviation(5e-5), on: backend)
  }

  /// Magnitudes whose transforms overflow, while the results do not.
  @Test(arguments: winogradPlans)
  mutating func winogradOverflowsNowhere(_ parameters: ConvolutionCase, _ tiles: Int) throws {
    let convolution = try parameters.descriptor()
    let (x, w, dy) = (convolution.inputShape, convolution.kernelShape, convolution.outputShape)
    func large(_ shape: Shape) -> Values {
      .float32(random.floats(shape.elementCount).map { $0 * 3e38 })
    }
    func small(_ shape: Shape) -> Values {
      .float32(random.floats(shape.elementCount).map { $0 * 1e-6 })
    }
    let planner = Planner.cpu.choosing(PlanChoice(Winograd.self, .init(tiles: tiles)))
    let backend = try TestDevice.newBackend(planner)
    for (operation, inputs) in [
      (TensorOperation.convolution(convolution, bias: false), [large(x), small(w)]),
      (.convolution(convolution, bias: false), [small(x), large(w)]),
      (.convolutionDelta(convolution), [large(dy), small(w)]),
      (.convolutionGradient(convolution), [large(x), small(dy)]),
      (.convolutionGradient(convolution), [small(x), large(dy)]),
    ] where isDone(operation, convolution) {
      try verify(operation, inputs, .deviation(5e-5), on: backend)
    }
  }
}
