import Testing

@testable import DeltaCL

private let isSmall = TestDevice.usesSmallShapes

/// Sums of so many terms that a chain of additions in `float32` would pass the bound of ``Tolerance/sum(terms:)``.
///
/// All terms are equal, so that each addition is rounded the same way: where one chain adds them up, the error grows with their
/// number. What the sums of ones are is exact, and says what those of any other term must be.
@Suite struct LongSumsConformanceTests {
  /// 0.1, and a number whose multiples are rounded almost as far as can be.
  private static let terms: [Float] = isSmall ? [0.1] : [0.1, 1.9858]

  /// Runs an operation whose inputs are ones, but the last has `value` everywhere; returns the first result.
  private func result(_ operation: TensorOperation, _ value: Float, on backend: any Backend) throws -> [Float] {
    let shapes = operation.operands.filter { $0.access != .write }.map(\.shape)
    let inputs = try shapes.enumerated().map { index, shape in
      try Tensor(
        [Float](repeating: index == shapes.count - 1 ? value : 1, count: shape.elementCount), shape: shape, on: backend)
    }
    return try backend.run(operation, inputs)[0].floats()
  }

  /// Holds an operation, whose results are sums of up to `terms` products, to its bound.
  ///
  /// - Parameter factors: How many terms each result is; what the operation gives for ones, where that is left out.
  private func verifySums(
    _ operation: TensorOperation, terms: Int, factors: [Double]? = nil, on backends: [any Backend]? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for backend in try backends ?? TestDevice.backends() {
      let factors = try factors ?? result(operation, 1, on: backend).map(Double.init)
      #expect(factors.contains { $0 > 0 } && factors.allSatisfy { $0 <= Double(terms) }, sourceLocation: sourceLocation)
      for term in Self.terms {
        let actual = try result(operation, term, on: backend)
        let errors = zip(actual, factors).map { actual, factor in
          let expected = factor * Double(term)
          return abs(Double(actual) - expected)
            / (2 * Double(terms).squareRoot() * Double(Tolerance.epsilon) * expected)
        }
        let greatest = errors.filter { !($0 <= 1) }.max() ?? 0
        #expect(
          !errors.contains { !($0 <= 1) },
          "\(operation.name) \(operation.shapeText): of \(term) the error is \(greatest) times the bound",
          sourceLocation: sourceLocation)
      }
    }
  }

  private func pooling(_ input: Extent, channels: Int, window: Extent, padding: Padding = 0) throws -> AveragePooling {
    try AveragePooling(
      Pooling(batch: 1, inputSize: input, channels: channels, window: window, stride: 1, padding: padding),
      countsPadding: false)
  }

  @Test(
    arguments: isSmall
      ? [(Extent(20, 20), 3)] : [(Extent(256, 256), 1), (1_024, 1), (Extent(1, 20_001), 17), (Extent(40_000, 2), 3)])
  func globalAveragePooling(size: Extent, channels: Int) throws {
    let average = try pooling(size, channels: channels, window: size)
    // The division rounds once more.
    try verifySums(
      .averagePooling(average), terms: size.rows * size.columns + 1, factors: [Double](repeating: 1, count: channels))
  }

  @Test(
    arguments: isSmall
      ? [(Extent(1, 40), Extent(1, 300))] : [(Extent(1, 400), Extent(1, 1_999)), (Extent(400, 2), Extent(500, 2))])
  func averagePoolingDelta(outputs: Extent, window: Extent) throws {
    let average = try pooling(
      Extent(outputs.rows + window.rows - 1, outputs.columns + window.columns - 1), channels: 1, window: window)
    // How many windows hold a position.
    func counts(_ outputs: Int, _ window: Int) -> [Int] {
      (0..<outputs + window - 1).map { min($0, outputs - 1) - max(0, $0 - window + 1) + 1 }
    }
    let columns = counts(outputs.columns, window.columns)
    let cells = Double(window.rows * window.columns)
    try verifySums(
      .averagePoolingDelta(average),
      terms: min(outputs.rows, window.rows) * min(outputs.columns, window.columns) + 1,
      factors: counts(outputs.rows, window.rows).flatMap { rows in columns.map { Double(rows * $0) / cells } })
  }

  @Test(arguments: isSmall ? [(300, 2, 3)] : [(65_536, 1, 1), (262_144, 1, 1), (10_001, 17, 3), (700, 32, 17)])
  func denseGradient(batch: Int, inputs: Int, outputs: Int) throws {
    try verifySums(.denseGradient(Dense(batch: batch, inputs: inputs, outputs: outputs)), terms: batch)
  }

  @Test(
    arguments: isSmall
      ? [(1, 320, 2), (2, 303, 2)]
      : [(1, 1 << 20, 1), (2, 65_536, 5), (3, 65_537, 2), (17, 4_608, 3), (260, 1_001, 3)])
  func dense(batch: Int, inputs: Int, outputs: Int) throws {
    let dense = try Dense(batch: batch, inputs: inputs, outputs: outputs)
    try verifySums(.dense(dense, bias: false), terms: inputs)
  }

  /// A large bias and small products, all of which would be rounded at the size of the bias.
  @Test func denseWithALargeBias() throws {
    let inputs = isSmall ? 320 : 4_096
    let dense = try Dense(batch: 2, inputs: inputs, outputs: 3)
    let x = [Float](repeating: 1, count: 2 * inputs), w = [Float](repeating: 1e-3, count: 3 * inputs)
    try verify(
      .dense(dense, bias: true), [.float32(x), .float32(w), .float32([1_000, 3_000, -1_000])],
      .sum(terms: inputs + 1))
  }

  @Test(
    arguments: isSmall
      ? [(1, 16, 300), (2, 3, 301)] : [(1, 16, 1 << 16), (2, 3, 65_537), (40, 16, 1_000), (2, 48, 5_000)])
  func denseDelta(batch: Int, inputs: Int, outputs: Int) throws {
    try verifySums(.denseDelta(Dense(batch: batch, inputs: inputs, outputs: outputs)), terms: outputs)
  }

  /// Convolutions whose sums are long in the direction that is tested.
  struct Case {
    let parameters: ConvolutionCase
    let directions: [ConvolutionPass.Direction]

    init(parameters: ConvolutionCase, _ directions: ConvolutionPass.Direction...) {
      self.parameters = parameters
      self.directions = directions
    }
  }

  static let convolutionCases =
    isSmall
    ? [
      Case(
        parameters: ConvolutionCase(input: Extent(1, 18), channels: 20, outputs: 18, kernel: Extent(1, 17)), .forward,
        .delta),
      Case(
        parameters: ConvolutionCase(batch: 2, input: 17, channels: 1, outputs: 1, kernel: 3, dilation: 2), .gradient),
      Case(parameters: ConvolutionCase(input: Extent(1, 300), channels: 2, outputs: 2, kernel: 1), .gradient),
    ]
    : [
      // 1x1 kernels over many channels.
      Case(parameters: ConvolutionCase(input: 1, channels: 65_536, outputs: 1, kernel: 1), .forward),
      Case(parameters: ConvolutionCase(input: 1, channels: 17, outputs: 20_001, kernel: 1), .delta),
      // Large kernels: whole rows, or dilated ones, whose taps are apart.
      Case(parameters: ConvolutionCase(input: 256, channels: 1, outputs: 1, kernel: 256), .forward),
      Case(parameters: ConvolutionCase(input: 129, channels: 3, outputs: 2, kernel: 128), .forward),
      Case(
        parameters: ConvolutionCase(
          input: Extent(297, 40), channels: 2, outputs: 17, kernel: Extent(99, 20), dilation: Extent(3, 2)), .forward),
      // Images at a pixel, padding left out.
      Case(parameters: ConvolutionCase(batch: 8, input: 2, channels: 300, outputs: 17, padding: 1), .forward),
      Case(parameters: ConvolutionCase(batch: 8, input: 2, channels: 17, outputs: 150, padding: 1), .delta),
      // Phases of a delta.
      Case(parameters: ConvolutionCase(input: 5, channels: 17, outputs: 400, stride: 2, padding: 1), .delta),
      // Few input channels: the delta is gathered, of many kernels or many taps.
      Case(parameters: ConvolutionCase(input: 6, channels: 1, outputs: 2_000, padding: 1), .delta),
      Case(
        parameters: ConvolutionCase(input: Extent(1, 700), channels: 1, outputs: 4, kernel: Extent(1, 300)), .delta),
      // Gradients of many pixels, in rows of all lengths.
      Case(parameters: ConvolutionCase(input: 1_024, channels: 1, outputs: 1, kernel: 1), .gradient),
      Case(parameters: ConvolutionCase(batch: 2, input: 40, channels: 2, outputs: 17), .gradient),
      Case(
        parameters: ConvolutionCase(input: Extent(2, 30_000), channels: 2, outputs: 1, kernel: Extent(1, 3)),
        .gradient),
      Case(
        parameters: ConvolutionCase(input: Extent(20_000, 2), channels: 1, outputs: 3, kernel: Extent(2, 2)),
        .gradient),
      // Depthwise.
      Case(
        parameters: ConvolutionCase(input: Extent(257, 256), channels: 2, outputs: 2, kernel: 256, groups: 2),
        .forward),
      Case(
        parameters: ConvolutionCase(
          input: Extent(1, 900), channels: 3, outputs: 3, kernel: Extent(1, 700), groups: 3), .forward, .delta),
      Case(
        parameters: ConvolutionCase(
          input: Extent(800, 3), channels: 3, outputs: 3, kernel: Extent(600, 2), stride: Extent(2, 1), groups: 3),
        .forward, .delta),
      Case(parameters: ConvolutionCase(input: 200, channels: 2, outputs: 2, padding: 1, groups: 2), .gradient),
      Case(
        parameters: ConvolutionCase(
          input: Extent(1, 60_000), channels: 3, outputs: 3, kernel: Extent(1, 3), groups: 3), .gradient),
    ]

  @Test(arguments: convolutionCases)
  func convolution(_ given: Case) throws {
    let convolution = try given.parameters.descriptor()
    let cells = convolution.kernelSize.rows * convolution.kernelSize.columns
    let pixels = convolution.outputSize.rows * convolution.outputSize.columns
    for direction in given.directions {
      switch direction {
      case .forward:
        try verifySums(
          .convolution(convolution, bias: false), terms: cells * convolution.inputChannels / convolution.groups)
      case .delta:
        try verifySums(
          .convolutionDelta(convolution), terms: min(cells, pixels) * convolution.outputChannels / convolution.groups)
      case .gradient: try verifySums(.convolutionGradient(convolution), terms: convolution.batch * pixels)
      }
    }
  }

  @Test(
    arguments: isSmall
      ? [(300, 1), (280, 17)] : [(1 << 20, 1), (262_144, 3), (20_000, 17), (400, 2_100)])
  func biasGradient(rows: Int, channels: Int) throws {
    try verifySums(.biasGradient(rows: rows, channels: channels), terms: rows)
  }

  /// dweight and dbias are the sums; dx has them divided by the rows.
  @Test(arguments: isSmall ? [(300, 2)] : [(1 << 17, 1), (20_000, 3)])
  func batchNormalizationDelta(rows: Int, channels: Int) throws {
    let normalization = try BatchNormalization(rows: rows, channels: channels)
    let x = (0..<rows * channels).map { Float($0 / channels % 2) }
    let dy = [Float](repeating: 0.1, count: rows * channels)
    // The mean 0 leaves all products of one sign.
    let inputs: [[Float]] = [
      x, dy, [Float](repeating: 1, count: channels), [Float](repeating: 0, count: channels),
      [Float](repeating: 1, count: channels), [Float](repeating: 0, count: channels),
    ]
    for backend in try TestDevice.backends() + [ReferenceBackend()] {
      let results = try run(.batchNormalizationDelta(normalization), inputs.map { .float32($0) }, on: backend)
      let sums = [results[1], results[2]].map(\.floats)
      for (values, expected) in zip(sums, [Double(rows / 2), Double(rows)]) {
        let bound = 2 * Double(rows).squareRoot() * Double(Tolerance.epsilon) * expected * Double(Float(0.1))
        #expect(values.allSatisfy { abs(Double($0) - expected * Double(Float(0.1))) <= bound }, "\(values.prefix(2))")
      }
    }
  }

  /// Each exponential is 1: the sum of them divides y, and is the argument of the loss's logarithm.
  @Test(arguments: isSmall ? [300] : [65_537])
  func softmax(classes: Int) throws {
    let x = Values.float32([Float](repeating: 0.1, count: classes))
    let bound = Tolerance.near(relative: 2 * Float(classes).squareRoot() * Tolerance.epsilon, absolute: 0)
    try verify(.softmax(rows: 1, classes: classes), [x], bound)
    let y = Values.float32([Float](repeating: 1, count: classes))
    try verify(.softmaxDelta(rows: 1, classes: classes), [y, x], bound)
    // -0.1: at 0.1 each the sum of exponentials of 0 and -0.2 is one of addends that are rounded.
    let logits = Values.float32((0..<classes).map { $0 == 0 ? 0.1 : -0.1 })
    try verify(.softmax(rows: 1, classes: classes), [logits], bound)
    try verify(.softmaxCrossEntropy(rows: 1, classes: classes), [logits, .int32([0])], bound)
  }

  @Test func losses() throws {
    let count = isSmall ? 300 : 1 << 18
    let bound = Tolerance.near(relative: 2 * Float(count).squareRoot() * Tolerance.epsilon, absolute: 0)
    let y = Values.float32([Float](repeating: 0.1, count: count))
    try verify(.meanSquaredError(count: count), [y, .float32([Float](repeating: 0.8, count: count))], bound)
    let rows = isSmall ? 300 : 30_000
    let logits = Values.float32((0..<2 * rows).map { $0 % 2 == 0 ? 0.1 : 0.3 })
    let labels = Values.int32([Int32](repeating: 0, count: rows))
    try verify(.softmaxCrossEntropy(rows: rows, classes: 2), [logits, labels], bound)
  }

  /// Whatever tuning may choose: tiles, ranges and chunks of any size.
  @Test(arguments: TestDevice.exactPlanners)
  func everyPlan(_ planner: Planner) throws {
    let wide = try ConvolutionCase(input: Extent(3, 5), channels: 33, outputs: 40, padding: 1).descriptor()
    let many = try ConvolutionCase(batch: 3, input: Extent(40, 37), channels: 3, outputs: 5, padding: 1).descriptor()
    let gradient = TensorOperation.convolutionGradient(many)
    let choices: [DirectSum.Parameters] = [
      .init(lanes: .taps, splits: 1, chunkPixels: 1), .init(lanes: .kernels, splits: 1, chunkPixels: 65_536),
      .init(splits: 1_024, chunkPixels: 65_536),
      .init(tile: TileShape(width: 1, vectors: 1, pixels: 1), splits: 2),
    ]
    for choice in choices.prefix(isSmall ? 0 : 4) {
      try verifySums(
        gradient, terms: 3 * 40 * 37, on: [TestDevice.newBackend(planner.choosing(PlanChoice(DirectSum.self, choice)))])
    }
    for (operation, terms) in [
      (TensorOperation.convolution(wide, bias: false), 9 * 33), (.convolutionDelta(wide), 9 * 40),
      (.dense(try Dense(batch: 5, inputs: 4_096, outputs: 3), bias: false), 4_096),
      (.denseDelta(try Dense(batch: 5, inputs: 16, outputs: 4_096)), 4_096),
    ].prefix(isSmall ? 0 : 4) {
      for choice in planner.candidates(for: operation).filter(\.isExact).prefix(5) {
        try verifySums(operation, terms: terms, on: [TestDevice.newBackend(planner.choosing(choice))])
      }
    }
  }

  /// The reference backend adds up in `Double`: what it gives is the rounded sum.
  @Test func referenceSumsAreExact() throws {
    let reference = ReferenceBackend(), count = isSmall ? 300 : 1 << 18
    let tenths = Values.float32([Float](repeating: 0.1, count: count))
    let ones = Values.float32([Float](repeating: 1, count: count))
    let sum = Float(Double(Float(0.1)) * Double(count))
    #expect(try run(.biasGradient(rows: count, channels: 1), [tenths], on: reference)[0].floats == [sum])
    let dense = try Dense(batch: count, inputs: 1, outputs: 1)
    #expect(try run(.denseGradient(dense), [ones, tenths], on: reference)[0].floats == [sum])
    let average = try pooling(Extent(1, count), channels: 1, window: Extent(1, count))
    #expect(try run(.averagePooling(average), [tenths], on: reference)[0].floats == [0.1])
  }
}
