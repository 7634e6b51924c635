import DeltaCL
import Testing

/// Results that are defined for values and sizes at the edges, written down by hand.
@Suite struct SpecialValueTests {
  private let nan = Float.nan
  private let infinity = Float.infinity

  /// NaN equals NaN here.
  private func same(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
  }

  @Test func maxPoolingTakesTheFirstOfEqualValues() throws {
    let pooling = try Pooling(batch: 1, inputSize: Extent(2, 4), channels: 1, window: 2)
    let outputs = try verify(.maxPooling(pooling), [.float32([1, 5, 0, -0.0, 5, 5, -0.0, 0])])
    #expect(outputs == [.float32([5, 0]), .int32([1, 2])])
  }

  /// As PyTorch 2.15 does, in both of its memory formats. 17 channels take vectors and what is left of them.
  @Test(arguments: [1, 3, 16, 17]) func maxPoolingTakesTheLastNaN(channels: Int) throws {
    func image(_ values: [Float]) -> Values {
      .float32(values.flatMap { [Float](repeating: $0, count: channels) })
    }
    func argmax(_ values: [Int32]) -> Values {
      .int32(values.flatMap { [Int32](repeating: $0, count: channels) })
    }
    let pooling = try Pooling(batch: 1, inputSize: Extent(2, 6), channels: channels, window: 2)
    let outputs = try verify(
      .maxPooling(pooling), [image([infinity, 1, nan, nan, nan, 1, nan, 2, nan, nan, 2, infinity])])
    #expect(outputs[0].floats.allSatisfy { $0.isNaN })
    #expect(outputs[1] == argmax([6, 9, 4]))

    // The windows overlap, and their last NaN differs.
    let overlapping = try Pooling(batch: 1, inputSize: 3, channels: channels, window: 2, stride: 1)
    let chosen = try verify(.maxPooling(overlapping), [image([1, 2, nan, 3, nan, 4, 5, 6, 7])])[1]
    #expect(chosen == argmax([4, 4, 4, 4]))
    let rows = try verify(.maxPooling(overlapping), [image([nan, 2, nan, 3, 4, 4, nan, 6, 7])])[1]
    #expect(rows == argmax([0, 2, 6, 8]))
    let dx = try verify(.maxPoolingDelta(overlapping), [image([1, 2, 4, 8]), rows])
    #expect(dx == [image([1, 0, 2, 0, 0, 0, 4, 0, 8])])
  }

  /// The first cell in the image, which padding and dilation move.
  @Test func maxPoolingOfMinusInfinities() throws {
    let x = Values.float32([Float](repeating: -infinity, count: 9))
    let padded = try Pooling(batch: 1, inputSize: 3, channels: 1, window: 3, stride: 1, padding: 1)
    #expect(try verify(.maxPooling(padded), [x])[1] == .int32([0, 0, 1, 0, 0, 1, 3, 3, 4]))
    let dilated = try Pooling(batch: 1, inputSize: 3, channels: 1, window: 2, stride: 1, padding: 1, dilation: 2)
    #expect(try verify(.maxPooling(dilated), [x])[1] == .int32([4, 3, 4, 1, 0, 1, 4, 3, 4]))
  }

  /// At 0, at 6, beyond both and at NaN, as PyTorch 2.15 gives them for tensors that fill its vectors.
  @Test func deltasOfActivationsAtTheEdges() throws {
    let x: [Float] = [0, -0.0, 6, nan, infinity, -infinity, 5.9999995, 6.0000005, 1e-30, -1e-30]
    let expected: [(Activation, [Float])] = [
      (.relu, [0, 0, 3, 3, 3, 0, 3, 3, 3, 0]), (.relu6, [0, 0, 0, 0, 0, 0, 3, 0, 3, 0]),
      (.leakyReLU(slope: 0.25), [0.75, 0.75, 3, 0.75, 3, 0.75, 3, 3, 3, 0.75]),
    ]
    for count in [x.count, 17 * x.count] {
      func filled(_ values: [Float]) -> [Float] { (0..<count).map { values[$0 % x.count] } }
      let dy = Values.float32([Float](repeating: 3, count: count))
      for (function, dx) in expected {
        let y = try verify(.activation(function, count: count), [.float32(filled(x))])[0]
        #expect(try verify(.activationDelta(function, count: count), [y, dy])[0].floats == filled(dx))
        // As the epilogue of another operation.
        let zeros = Values.float32([Float](repeating: 0, count: count))
        #expect(
          try verify(.fused(.add(count: count), .activationDelta(function)), [dy, zeros, y])[0].floats == filled(dx))
      }
      for function in [Activation.sigmoid, .tanh] {
        let y = Values.float32([Float](repeating: nan, count: count))
        #expect(try verify(.activationDelta(function, count: count), [y, dy])[0].floats.allSatisfy { $0.isNaN })
      }
      let halves = Values.float32([Float](repeating: 0.5, count: count))
      #expect(try verify(.activationDelta(.sigmoid, count: count), [halves, dy])[0].floats.allSatisfy { $0 == 0.75 })
      let zeros = Values.float32([Float](repeating: 0, count: count))
      #expect(try verify(.activationDelta(.tanh, count: count), [zeros, dy])[0].floats.allSatisfy { $0 == 3 })
    }
  }

  @Test func maxPoolingNeverTakesPadding() throws {
    let pooling = try Pooling(batch: 1, inputSize: 2, channels: 1, window: 3, stride: 1, padding: 1)
    let outputs = try verify(.maxPooling(pooling), [.float32([-infinity, -infinity, -infinity, -infinity])])
    #expect(outputs == [.float32([Float](repeating: -infinity, count: 4)), .int32([0, 0, 0, 0])])
    let negative = try verify(.maxPooling(pooling), [.float32([-4, -3, -2, -5])])
    #expect(negative == [.float32([-2, -2, -2, -2]), .int32([2, 2, 2, 2])])
  }

  /// Every window chose the centre, which gathers all their deltas.
  @Test func maxPoolingDeltaGathersFromOverlappingWindows() throws {
    let pooling = try Pooling(batch: 1, inputSize: 3, channels: 1, window: 2, stride: 1)
    let outputs = try verify(.maxPooling(pooling), [.float32([0, 0, 0, 0, 9, 0, 0, 0, 0])])
    #expect(outputs[1] == .int32([4, 4, 4, 4]))
    let dx = try verify(.maxPoolingDelta(pooling), [.float32([1, 2, 4, 8]), outputs[1]])
    #expect(dx == [.float32([0, 0, 0, 0, 15, 0, 0, 0, 0])])
  }

  /// Windows over all of a 3x3 image of ones with a ring of padding: as PyTorch counts them.
  @Test func averagePoolingCountsPaddingOrNot() throws {
    let pooling = try Pooling(batch: 1, inputSize: 3, channels: 1, window: 3, stride: 2, padding: 1)
    let ones = Values.float32([Float](repeating: 9, count: 9))
    let counted = try verify(
      .averagePooling(AveragePooling(pooling, countsPadding: true)), [ones], .near(relative: 1e-6, absolute: 0))
    #expect(counted == [.float32([4, 4, 4, 4])])
    let uncounted = try verify(
      .averagePooling(AveragePooling(pooling, countsPadding: false)), [ones], .near(relative: 1e-6, absolute: 0))
    #expect(uncounted == [.float32([9, 9, 9, 9])])
  }

  /// What `ceilMode` adds beyond the padded end counts for nobody.
  @Test func averagePoolingInCeilMode() throws {
    let pooling = try Pooling(batch: 1, inputSize: Extent(1, 5), channels: 1, window: Extent(1, 2), ceilMode: true)
    let y = try verify(.averagePooling(AveragePooling(pooling)), [.float32([2, 4, 6, 8, 10])])
    #expect(y == [.float32([3, 7, 10])])
    let dx = try verify(.averagePoolingDelta(AveragePooling(pooling)), [.float32([2, 4, 8])])
    #expect(dx == [.float32([1, 1, 2, 2, 8])])
  }

  /// Windows larger than the padded image, as PyTorch 2.15 gives them.
  @Test func windowsLargerThanTheImage() throws {
    func pooling(_ window: Int, _ stride: Int? = nil, padding: Int = 0) throws -> Pooling {
      try Pooling(
        batch: 1, inputSize: 2, channels: 1, window: Extent(window, window), stride: stride.map { Extent($0, $0) },
        padding: Padding(padding, padding), ceilMode: true)
    }
    let x = Values.float32([1, 2, 3, 4]), dy = Values.float32([1])
    for large in [try pooling(3), try pooling(1_280), try pooling(1 << 29), try pooling(9, padding: 4)] {
      #expect(large.outputSize == 1)
      #expect(try verify(.maxPooling(large), [x]) == [.float32([4]), .int32([3])])
      #expect(try verify(.maxPoolingDelta(large), [dy, .int32([3])]) == [.float32([0, 0, 0, 1])])
      let inside = try AveragePooling(large, countsPadding: false)
      #expect(try verify(.averagePooling(inside), [x]) == [.float32([2.5])])
      #expect(try verify(.averagePoolingDelta(inside), [dy])[0].floats == [0.25, 0.25, 0.25, 0.25])
      if large.padding == 0 {
        #expect(try verify(.averagePooling(AveragePooling(large)), [x]) == [.float32([2.5])])
        #expect(try verify(.averagePoolingDelta(AveragePooling(large)), [dy])[0].floats == [0.25, 0.25, 0.25, 0.25])
      }
    }
    // The divisor is the window, cut at the padded end.
    for (large, cells) in [
      (try pooling(3, padding: 1), 9), (try pooling(7, padding: 3), 49), (try pooling(5, 4, padding: 1), 16),
    ] {
      let y = try verify(.averagePooling(AveragePooling(large)), [x], .near(relative: 1e-6, absolute: 0))
      #expect(abs(y[0].floats[0] - 10 / Float(cells)) < 1e-6)
      let dx = try verify(.averagePoolingDelta(AveragePooling(large)), [dy], .near(relative: 1e-6, absolute: 0))
      #expect(dx[0].floats.allSatisfy { abs($0 - 1 / Float(cells)) < 1e-6 })
    }
    let image = try Pooling(batch: 2, inputSize: 7, channels: 17, window: 1_280, ceilMode: true)
    let values = Values.float32((0..<image.inputShape.elementCount).map { Float($0 / 17 % 49) })
    let outputs = try verify(.maxPooling(image), [values])
    #expect(outputs == [.float32([Float](repeating: 48, count: 34)), .int32([Int32](repeating: 48, count: 34))])
    let means = try verify(.averagePooling(AveragePooling(image)), [values], .near(relative: 1e-6, absolute: 0))
    #expect(means[0].floats.allSatisfy { abs($0 - 24) < 1e-5 })
  }

  @Test func unknownLabelsMakeLossAndRowNaN() throws {
    for label in [Int32(3), -1, .max, .min] {
      let outputs = try verify(
        .softmaxCrossEntropy(rows: 2, classes: 3), [.float32([0, 0, 0, 0, 0, 0]), .int32([label, 1])],
        .near(relative: 1e-6, absolute: 0))
      #expect(outputs[0].floats[0].isNaN)
      #expect(outputs[1].floats[..<3].allSatisfy { $0.isNaN })
      #expect(outputs[1].floats[3...].allSatisfy { !$0.isNaN })
    }
  }

  @Test func extremeLogitsStayFinite() throws {
    let outputs = try verify(
      .softmaxCrossEntropy(rows: 3, classes: 3),
      [.float32([1e30, -1e30, 0, -infinity, 5, -infinity, 1_000, 1_001, 999]), .int32([0, 1, 1])],
      .near(relative: 1e-6, absolute: 1e-7))
    #expect(outputs[0].floats[0].isFinite)
    #expect(outputs[1].floats.allSatisfy { $0.isFinite })
    let y = try verify(
      .softmax(rows: 2, classes: 3), [.float32([1e30, -1e30, 0, -infinity, 5, -infinity])],
      .near(relative: 1e-6, absolute: 0))
    #expect(y == [.float32([1, 0, 0, 0, 1, 0])])
  }

  /// A wrong class with all the weight costs its distance; an impossible class costs infinity.
  @Test func certainMistakes() throws {
    let distant = try verify(
      .softmaxCrossEntropy(rows: 1, classes: 2), [.float32([2e4, -2e4]), .int32([1])],
      .near(relative: 1e-6, absolute: 0))
    #expect(distant == [.float32([4e4]), .float32([1, -1])])
    let impossible = try verify(
      .softmaxCrossEntropy(rows: 1, classes: 2), [.float32([0, -infinity]), .int32([1])],
      .near(relative: 1e-6, absolute: 0))
    #expect(impossible == [.float32([infinity]), .float32([1, -1])])
  }

  @Test(arguments: [[Float.nan, 1, 2], [1, .nan, 2], [.infinity, 1, 2], [-.infinity, -.infinity, -.infinity]])
  func softmaxWithoutAnAnswerIsNaN(_ row: [Float]) throws {
    let y = try verify(.softmax(rows: 2, classes: 3), [.float32(row + [0, 0, 0])], .near(relative: 1e-6, absolute: 0))
    #expect(y[0].floats[..<3].allSatisfy { $0.isNaN })
    #expect(y[0].floats[3...].allSatisfy { !$0.isNaN })
    let outputs = try verify(
      .softmaxCrossEntropy(rows: 2, classes: 3), [.float32(row + [0, 0, 0]), .int32([2, 2])],
      .near(relative: 1e-6, absolute: 0))
    #expect(outputs[0].floats[0].isNaN)
  }

  /// The first of the greatest is the prediction; NaN is greater than numbers.
  @Test func predictions() throws {
    let logits: [Float] = [1, 1, 0, nan, 2, nan, 0, infinity, nan, -infinity, -infinity, -infinity, -1, -2, -0.5]
    for (labels, correct) in [([0, 0, 2, 0, 2], 5), ([1, 1, 1, 1, 1], 0), ([0, 2, 2, 3, -1], 2)] as [([Int32], Int32)] {
      #expect(
        try verify(.correctPredictions(rows: 5, classes: 3), [.float32(logits), .int32(labels)]) == [.int32([correct])])
    }
  }

  @Test func meansOverNothingAreNaN() throws {
    let crossEntropy = try verify(.softmaxCrossEntropy(rows: 0, classes: 3), [.float32([]), .int32([])])
    #expect(crossEntropy[0].floats[0].isNaN)
    let squared = try verify(.meanSquaredError(count: 0), [.float32([]), .float32([])])
    #expect(squared[0].floats[0].isNaN)
    #expect(try verify(.correctPredictions(rows: 0, classes: 3), [.float32([]), .int32([])]) == [.int32([0])])
  }

  /// Without a batch there is no gradient, which is a value: zero.
  @Test func gradientsOfEmptyBatchesAreZero() throws {
    let convolution = try Convolution(batch: 0, inputSize: 4, inputChannels: 2, outputChannels: 3, kernelSize: 3)
    let dw = try verify(.convolutionGradient(convolution), [.float32([]), .float32([])])
    #expect(dw == [.float32([Float](repeating: 0, count: 54))])
    #expect(try verify(.biasGradient(rows: 0, channels: 3), [.float32([])]) == [.float32([0, 0, 0])])
    let dense = try verify(.denseGradient(Dense(batch: 0, inputs: 2, outputs: 2)), [.float32([]), .float32([])])
    #expect(dense == [.float32([0, 0, 0, 0])])
  }

  /// Strides over the kernel leave positions that no window reads.
  @Test func unreadPositionsHaveNoDelta() throws {
    let convolution = try Convolution(
      batch: 1, inputSize: Extent(1, 5), inputChannels: 1, outputChannels: 1, kernelSize: 1, stride: 2)
    let dx = try verify(.convolutionDelta(convolution), [.float32([1, 2, 3]), .float32([10])])
    #expect(dx == [.float32([10, 0, 20, 0, 30])])
  }

  /// A NaN or infinity in x reaches the outputs that read it and no other; likewise in dy. (``SpecialValuesConformanceTests`` has
  /// more, with padding.)
  @Test(arguments: [Float.nan, .infinity])
  func convolutionSpreadsSpecialValuesNoFurther(_ value: Float) throws {
    for parameters in [
      ConvolutionCase(input: Extent(6, 7), channels: 3, outputs: 17), ConvolutionCase(input: Extent(6, 7), stride: 2),
      ConvolutionCase(input: 6, channels: 4, outputs: 6, kernel: 2, dilation: 2, groups: 2),
    ] {
      let convolution = try parameters.descriptor()
      func ones(_ shape: Shape, with index: Int? = nil) -> Values {
        var values = [Float](repeating: 1, count: shape.elementCount)
        if let index { values[index] = value }
        return .float32(values)
      }
      let (x, w, dy) = (convolution.inputShape, convolution.kernelShape, convolution.outputShape)
      try verify(.convolution(convolution, bias: false), [ones(x, with: x.elementCount / 2), ones(w)])
      try verify(.convolution(convolution, bias: false), [ones(x), ones(w, with: 4)])
      try verify(.convolutionDelta(convolution), [ones(dy, with: dy.elementCount / 2), ones(w)])
      try verify(.convolutionGradient(convolution), [ones(x, with: x.elementCount / 2), ones(dy)])
      try verify(.convolutionGradient(convolution), [ones(x), ones(dy, with: dy.elementCount / 2)])
    }
  }
}
