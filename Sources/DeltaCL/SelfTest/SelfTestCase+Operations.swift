/// The operations that have one plan.
extension SelfTestCase {
  /// A case of each operation and of each kernel that it runs.
  ///
  /// - Throws: ``DeltaCLError`` where an operation cannot be planned.
  static func operations(on planner: Planner) throws(DeltaCLError) -> [SelfTestCase] {
    var values = SelfTestValues()
    return try elementwise(on: planner, &values) + expressions(on: planner, &values) + updates(on: planner, &values)
      + pooling(on: planner, &values) + normalization(on: planner, &values) + losses(on: planner, &values)
      + layout(on: planner, &values)
  }

  private static func elementwise(
    on planner: Planner, _ values: inout SelfTestValues
  ) throws(DeltaCLError) -> [SelfTestCase] {
    // Whole tiles of every device's kernels, and a rest.
    let count = 2_051
    func make(
      _ operation: TensorOperation, _ inputs: [HostValues], _ tolerance: SelfTestTolerance = .exact
    ) throws(DeltaCLError) -> SelfTestCase {
      try SelfTestCase(operation, inputs, tolerance, on: planner)
    }
    var cases = [
      try make(.fill(count: count, value: 0.1), []),
      try make(.copy(count: count), [values.floats(count, -1...1)]),
      try make(.add(count: count), [values.integers(count), values.integers(count)]),
      try make(.scale(count: count, factor: -0.5), [values.integers(count)]),
      try make(.increment, [HostValues([41] as [Int32])]),
      try make(
        .dropout(Dropout(count: count, probability: 0.25, seed: 0xFEDC_BA98_7654_3210, layer: 3)),
        [values.integers(count), HostValues([5] as [Int32])]),
    ]
    for function in Activation.all(slope: 0.25) {
      let isExact = function != .sigmoid && function != .tanh
      let tolerance = isExact ? SelfTestTolerance.exact : .rounded
      // Also beyond 6, where one of them is cut off.
      let x = isExact ? values.integers(count, times: 2) : values.floats(count, -3...3)
      cases += [
        try make(.activation(function, count: count), [x], tolerance),
        try make(.activationDelta(function, count: count), [x, values.integers(count)], tolerance),
      ]
    }
    let (rows, channels) = (70, 19)
    let (x, s) = (values.integers(rows * channels), values.integers(channels))
    cases += [
      try make(.multiplyChannels(rows: rows, channels: channels), [x, s]),
      try make(.multiplyChannelsGradient(rows: rows, channels: channels), [x, values.integers(rows * channels)]),
      try make(.biasGradient(rows: rows, channels: channels), [x]),
      // So many rows that their sums are split.
      try make(.biasGradient(rows: 1500, channels: 20), [values.integers(1500 * 20)]),
    ]
    return cases
  }

  private static func updates(
    on planner: Planner, _ values: inout SelfTestValues
  ) throws(DeltaCLError) -> [SelfTestCase] {
    let count = 2_051
    // The scale is a power of two, and so are the sums of the parts of a moment: updates without a root do not round.
    func make(
      _ operation: TensorOperation, _ scalars: [Float], state: [HostValues], _ tolerance: SelfTestTolerance = .exact
    ) throws(DeltaCLError) -> SelfTestCase {
      let inputs = [HostValues(scalars), HostValues([0.5] as [Float]), values.integers(count), values.integers(count)]
      return try SelfTestCase(operation, inputs + state, tolerance, on: planner)
    }
    let squares = values.floats(count, 0...1)
    return [
      try make(
        .sgd(SGDUpdate(count: count, momentum: 0.5, weightDecay: 0.25, nesterov: true)), [0.125],
        state: [values.integers(count)]),
      try make(
        .adam(AdamUpdate(count: count, beta1: 0.5, beta2: 0.75, weightDecay: 0.25)), [0.125, 1.5, 0.75],
        state: [values.integers(count), squares], .rounded),
      try make(
        .rmsprop(RMSpropUpdate(count: count, smoothing: 0.75, momentum: 0.5, weightDecay: 0.25)), [0.125],
        state: [squares, values.integers(count)], .rounded),
      try make(
        .lion(LionUpdate(count: count, beta1: 0.5, beta2: 0.75)), [0.125, 0.75], state: [values.integers(count)]),
      try SelfTestCase(
        .movingAverage(count: count), [HostValues([0.75] as [Float]), values.integers(count), values.integers(count)],
        .exact, on: planner),
      try SelfTestCase(
        .clipValue(count: count, limit: 1), [HostValues([0.5] as [Float]), values.integers(count)], .exact, on: planner),
      try SelfTestCase(
        .clipNorm(count: count, maximum: 2), [HostValues([0.5] as [Float]), values.integers(count)], .rounded,
        on: planner),
    ]
  }

  private static func expressions(
    on planner: Planner, _ values: inout SelfTestValues
  ) throws(DeltaCLError) -> [SelfTestCase] {
    let (rows, channels) = (70, 19)
    let x = values.floats(rows * channels, -3...3)
    let scale = values.floats(channels, -1...1), offset = values.floats(rows, -1...1)
    // Repeated along either axis.
    let chain = ElementwiseExpression.gelu(.input(0) * .input(1)) - .silu(.input(2) / 3)
    var cases = [
      try SelfTestCase(
        .elementwise(chain, inputs: [[rows, channels], [channels], [rows, 1]]), [x, scale, offset], .rounded,
        on: planner)
    ]
    // Products neither overflow nor vanish.
    let factors = values.floats(rows * channels, 0.9...1.1)
    for function in TensorOperation.Reduction.Function.allCases {
      let elements = function == .product ? factors : x
      cases.append(
        try SelfTestCase(
          .reduction(function, shape: [rows, channels], axes: [1]), [elements], .rounded, on: planner))
    }
    // Columns, and so many elements that they are split.
    for shape: Shape in [[rows, channels], [10_000, 2]] {
      let elements = values.integers(shape.elementCount)
      for function: TensorOperation.Reduction.Function in [.sum, .argMin] {
        cases.append(try SelfTestCase(.reduction(function, shape: shape, axes: [0]), [elements], .exact, on: planner))
      }
    }
    return cases
  }

  private static func pooling(
    on planner: Planner, _ values: inout SelfTestValues
  ) throws(DeltaCLError) -> [SelfTestCase] {
    // Windows that overlap, whose middle is the cell with twice their row and column.
    let pooling = try Pooling(batch: 2, inputSize: Extent(7, 9), channels: 19, window: 3, stride: 2, padding: 1)
    let x = values.integers(pooling.inputShape.elementCount), dy = values.integers(pooling.outputShape.elementCount)
    let argmax = HostValues(
      (0..<pooling.outputShape.elementCount).map { index in
        let pixel = index / pooling.channels % (pooling.outputSize.rows * pooling.outputSize.columns)
        let (row, column) = pixel.quotientAndRemainder(dividingBy: pooling.outputSize.columns)
        return Int32(2 * row * pooling.inputSize.columns + 2 * column)
      })
    var cases = [
      try SelfTestCase(.maxPooling(pooling), [x], .exact, on: planner),
      try SelfTestCase(.maxPoolingDelta(pooling), [dy, argmax], .exact, on: planner),
    ]
    for countsPadding in [true, false] {
      let average = try AveragePooling(pooling, countsPadding: countsPadding)
      cases += [
        try SelfTestCase(.averagePooling(average), [x], .rounded, on: planner),
        try SelfTestCase(.averagePoolingDelta(average), [dy], .rounded, on: planner),
      ]
    }
    return cases
  }

  private static func normalization(
    on planner: Planner, _ values: inout SelfTestValues
  ) throws(DeltaCLError) -> [SelfTestCase] {
    var cases: [SelfTestCase] = []
    // Few rows, and so many that they are split; vectors of channels with a rest and without.
    for (rows, channels) in [(20, 19), (400, 16)] {
      let normalization = try BatchNormalization(rows: rows, channels: channels)
      let x = values.floats(rows * channels, -2...2), dy = values.floats(rows * channels, -1...1)
      let weight = values.floats(channels, 0.5...1.5), bias = values.floats(channels, -1...1)
      let mean = values.floats(channels, -0.25...0.25), variance = values.floats(channels, 0.5...2)
      let meanLow = HostValues([Float](repeating: 0, count: channels))
      let training = TensorOperation.batchNormalization(normalization)
      cases += [
        try SelfTestCase(training, [x, weight, bias, mean, variance], .rounded, on: planner),
        try SelfTestCase(
          .fused(training, .activation(.relu)), [x, weight, bias, mean, variance], .rounded, on: planner),
        try SelfTestCase(
          .batchNormalizationDelta(normalization), [x, dy, weight, mean, variance, meanLow], .rounded, on: planner),
        try SelfTestCase(
          .batchNormalizationInference(normalization), [x, weight, bias, mean, variance], .rounded, on: planner),
      ]
    }
    return cases
  }

  private static func losses(
    on planner: Planner, _ values: inout SelfTestValues
  ) throws(DeltaCLError) -> [SelfTestCase] {
    var cases: [SelfTestCase] = []
    // Rows of few classes, and of so many that a work-group shares one on a GPU.
    for (rows, classes) in [(21, 10), (5, 130)] {
      let logits = values.floats(rows * classes, -3...3)
      let labels = values.labels(rows, classes: classes)
      let y = values.floats(rows * classes, 0...0.1), dy = values.floats(rows * classes, -1...1)
      cases += [
        try SelfTestCase(.softmax(rows: rows, classes: classes), [logits], .rounded, on: planner),
        try SelfTestCase(.softmaxDelta(rows: rows, classes: classes), [y, dy], .rounded, on: planner),
        try SelfTestCase(.softmaxCrossEntropy(rows: rows, classes: classes), [logits, labels], .rounded, on: planner),
        try SelfTestCase(.correctPredictions(rows: rows, classes: classes), [logits, labels], .exact, on: planner),
      ]
    }
    let y = values.floats(5_001, -1...1), target = values.floats(5_001, -1...1)
    cases.append(try SelfTestCase(.meanSquaredError(count: 5_001), [y, target], .rounded, on: planner))
    return cases
  }
}
