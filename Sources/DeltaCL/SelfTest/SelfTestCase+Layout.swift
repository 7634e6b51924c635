/// The operations that move or choose elements, and matrix products of a batch.
extension SelfTestCase {
  /// A case of each kernel.
  ///
  /// - Throws: ``DeltaCLError`` where an operation cannot be planned.
  static func layout(on planner: Planner, _ values: inout SelfTestValues) throws(DeltaCLError) -> [SelfTestCase] {
    // Whole blocks of every device's kernels, and rests.
    let copies = try [
      StridedCopy.slice([7, 300], starts: [6, 1], ends: [-100, 290], steps: [-2, 1]),
      StridedCopy.transpose([2, 70, 45], axes: [0, 2, 1]), StridedCopy.expand([40, 1, 19], to: [40, 23, 19]).adjoint,
      StridedCopy.tile([2, 3, 5], repeats: [2, 3, 2]), StridedCopy.depthToSpace([2, 3, 4, 20], block: 2),
    ]
    var cases: [SelfTestCase] = []
    for copy in copies {
      cases.append(
        try SelfTestCase(
          .stridedCopy(copy), [values.integers(copy.inputShape.elementCount)], .exact, on: planner))
    }
    let parts = try Concatenation([[3, 5, 19], [3, 2, 19]], axis: 1)
    let pad = try Pad([3, 5, 19], before: [0, 2, 0], after: [1, 3, 0], mode: .reflect)
    cases += [
      try SelfTestCase(
        .concat(parts), parts.inputShapes.map { values.integers($0.elementCount) }, .exact, on: planner),
      try SelfTestCase(.pad(pad), [values.integers(pad.inputShape.elementCount)], .exact, on: planner),
      try SelfTestCase(.padDelta(pad), [values.integers(pad.outputShape.elementCount)], .exact, on: planner),
    ]
    let gather = try Gather([9, 19], indices: [25])
    let indices = values.labels(25, classes: 9)
    let resize = try Resize(
      batch: 1, inputSize: Extent(5, 4), outputSize: Extent(8, 9), channels: 19, mode: .bicubic)
    cases += [
      try SelfTestCase(
        .gather(gather), [values.integers(gather.inputShape.elementCount), indices], .exact, on: planner),
      try SelfTestCase(
        .scatterAdd(gather), [values.integers(gather.outputShape.elementCount), indices], .exact, on: planner),
      try SelfTestCase(.resize(resize), [values.integers(resize.inputShape.elementCount)], .rounded, on: planner),
      try SelfTestCase(
        .resizeDelta(resize), [values.integers(resize.outputShape.elementCount)], .rounded, on: planner),
    ]
    let transposed = try TransposedConvolution(
      batch: 1, inputSize: 3, inputChannels: 5, outputChannels: 19, kernelSize: 3, stride: 2, outputPadding: 1)
    cases.append(
      try SelfTestCase(
        .transposedConvolution(transposed, bias: true),
        [transposed.inputShape, transposed.kernelShape, transposed.biasShape].map { values.integers($0.elementCount) },
        .exact, on: planner))
    let response = try LocalResponseNormalization([2, 5, 19], size: 5, alpha: 0.5)
    let count = response.shape.elementCount
    cases += [
      try SelfTestCase(.localResponseNormalization(response), [values.integers(count)], .rounded, on: planner),
      try SelfTestCase(
        .localResponseNormalizationDelta(response), [values.integers(count), values.integers(count)], .rounded,
        on: planner),
    ]
    let topK = try TopK([2, 5000, 3], k: 7, axis: 1)
    cases += [
      try SelfTestCase(.topK(topK), [values.integers(topK.inputShape.elementCount)], .exact, on: planner),
      try SelfTestCase(
        .topKDelta(topK),
        [values.integers(topK.outputShape.elementCount), values.labels(topK.outputShape.elementCount, classes: 5000)],
        .exact, on: planner),
    ]
    for product in try [
      Matmul([3, 13, 17], [3, 17, 20]), Matmul([3, 13, 17], [3, 20, 17], transposesB: true),
      Matmul([3, 17, 13], [17, 20], transposesA: true), Matmul([17, 13], [17, 20], transposesA: true),
    ] {
      let factors = [product.aShape, product.bShape].map { values.integers($0.elementCount) }
      cases.append(try SelfTestCase(.matmul(product), factors, .exact, on: planner))
    }
    return cases
  }
}
