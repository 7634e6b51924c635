/// Convolutions and dense layers by the plans that the planner can choose.
extension SelfTestCase {
  /// Cases whose plans run every kernel of small convolutions and dense layers, with several tiles.
  ///
  /// - Parameter isThorough: Whether it is every tile, not just tiles of all widths and about all sizes: several times as many programs.
  /// - Throws: ``DeltaCLError`` where an operation cannot be planned at all.
  static func convolutions(on planner: Planner, isThorough: Bool = false) throws(DeltaCLError) -> [SelfTestCase] {
    var values = SelfTestValues()
    var cases: [SelfTestCase] = []
    var seen: Set<KernelVariant> = []
    for (operation, hasCandidates) in try operations() {
      var inputs: [HostValues] = []
      for operand in operation.operands where operand.access != .write {
        inputs.append(values.integers(operand.shape.elementCount))
      }
      // The default plan is always run, other ones where they have something that was not run before: each is programs to build.
      let standard = try planner.decide(operation).choice
      for choice in [standard].compactMap(\.self) + (hasCandidates ? planner.candidates(for: operation) : []) {
        let next = try SelfTestCase(
          operation, choice: choice, inputs, choice.isExact ? .exact : .transformed, on: planner)
        let features = Set(next.kernels.flatMap { $0.features(ofWholeTiles: isThorough) })
        guard choice == standard || !seen.isSuperset(of: features) else { continue }
        seen.formUnion(features)
        cases.append(next)
      }
    }
    return cases
  }

  /// What is planned in all ways, then what is planned by default alone.
  private static func operations() throws(DeltaCLError) -> [(operation: TensorOperation, hasCandidates: Bool)] {
    let dense = try Dense(batch: 13, inputs: 48, outputs: 21)
    let varied = try tiled().flatMap(passes) + passes(dense)
    // Sums so long that they are made of parts.
    let long = try Dense(batch: 3, inputs: 1104, outputs: 5)
    // With what networks have done in the same pass.
    let fused = try Convolution(
      batch: 2, inputSize: Extent(5, 6), inputChannels: 16, outputChannels: 20, kernelSize: 3, padding: 1)
    // So many kernels that Winograd's products of each stay in the cache.
    let manyKernels = try Convolution(
      batch: 1, inputSize: 4, inputChannels: 64, outputChannels: 1024, kernelSize: 3, padding: 1)
    let others: [TensorOperation] =
      try windows().flatMap(passes) + passes(long) + [
        .fused(.convolution(fused, bias: true), .activation(.relu)),
        .fused(.convolutionDelta(fused), .activationDelta(.relu)), .convolutionGradient(manyKernels),
      ]
    return varied.map { ($0, true) } + others.map { ($0, false) }
  }

  private static func passes(_ convolution: Convolution) -> [TensorOperation] {
    [.convolution(convolution, bias: true), .convolutionDelta(convolution), .convolutionGradient(convolution)]
  }

  private static func passes(_ dense: Dense) -> [TensorOperation] {
    [.dense(dense, bias: true), .denseDelta(dense), .denseGradient(dense)]
  }

  /// Shapes that tiles differ for.
  private static func tiled() throws(DeltaCLError) -> [Convolution] {
    [
      // Few channels, as in a first layer.
      try Convolution(
        batch: 2, inputSize: Extent(5, 13), inputChannels: 3, outputChannels: 20, kernelSize: Extent(3, 2), stride: 2,
        padding: 1),
      // Winograd's.
      try Convolution(
        batch: 2, inputSize: Extent(9, 6), inputChannels: 16, outputChannels: 32, kernelSize: 3, padding: 1),
      // Results on either side of the largest local tile, sums on either side of its depth.
      try Convolution(
        batch: 1, inputSize: Extent(11, 13), inputChannels: 36, outputChannels: 130, kernelSize: 1),
      // Register tiles of images at one pixel.
      try Convolution(batch: 13, inputSize: 2, inputChannels: 16, outputChannels: 33, kernelSize: 3, padding: 1),
    ]
  }

  /// Windows that move otherwise.
  private static func windows() throws(DeltaCLError) -> [Convolution] {
    [
      // Winograd's other transforms.
      try Convolution(batch: 1, inputSize: 9, inputChannels: 16, outputChannels: 16, kernelSize: 5, padding: 2),
      try Convolution(
        batch: 1, inputSize: 9, inputChannels: 16, outputChannels: 16, kernelSize: 3, stride: 2, padding: 1),
      try Convolution(
        batch: 1, inputSize: 6, inputChannels: 32, outputChannels: 36, kernelSize: Extent(2, 3), padding: 1,
        dilation: Extent(1, 2), groups: 2),
      // Depthwise.
      try Convolution(
        batch: 1, inputSize: Extent(5, 7), inputChannels: 17, outputChannels: 17, kernelSize: 3, padding: 1, groups: 17),
      try Convolution(
        batch: 1, inputSize: 8, inputChannels: 32, outputChannels: 32, kernelSize: 3, stride: 2, padding: 1, groups: 32),
      // The gradient's sums are split.
      try Convolution(batch: 3, inputSize: 24, inputChannels: 5, outputChannels: 7, kernelSize: 3),
    ]
  }
}
