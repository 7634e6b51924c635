import Testing

@testable import DeltaCL

/// Every plan that tuning may choose computes what the reference does.
@Suite struct CandidatesConformanceTests {
  private var random = RandomValues(seed: 9)

  private func operations(
    _ convolution: Convolution, _ random: inout RandomValues
  ) -> [(operation: TensorOperation, inputs: [Values])] {
    let x = Values.float32(random.integers(convolution.inputShape.elementCount))
    let w = Values.float32(random.integers(convolution.kernelShape.elementCount))
    let dy = Values.float32(random.integers(convolution.outputShape.elementCount))
    return [
      (.convolution(convolution, bias: false), [x, w]), (.convolutionDelta(convolution), [dy, w]),
      (.convolutionGradient(convolution), [x, dy]),
    ]
  }

  private func verifyCandidates(
    _ parameters: ConvolutionCase, _ planner: Planner, _ random: inout RandomValues,
    limit: Int = 8, where isIncluded: (PlanChoice) -> Bool = { _ in true }
  ) throws {
    for (operation, inputs) in operations(try parameters.descriptor(), &random) {
      let candidates = planner.candidates(for: operation).filter(isIncluded)
      #expect(!candidates.isEmpty)
      // Each is a program to build: some of every algorithm, and few for an interpreter.
      for candidate in candidates.prefix(TestDevice.usesSmallShapes ? 3 : limit) {
        let tolerance = candidate.algorithm == .winograd ? Tolerance.deviation(1e-4) : .exact
        try verify(operation, inputs, tolerance, on: TestDevice.newBackend(planner.choosing(candidate)))
      }
    }
  }

  @Test mutating func directAndGatheredPlansConform() throws {
    let parameters = ConvolutionCase(
      batch: 2, input: Extent(3, 7), channels: 3, outputs: 20, kernel: 2, stride: 2, padding: 1)
    try verifyCandidates(parameters, .cpu, &random)
    // The same kernels with narrower vectors.
    try verifyCandidates(parameters, Planner.gpu, &random, limit: 4)
  }

  @Test mutating func localPlansConform() throws {
    let parameters = ConvolutionCase(input: Extent(3, 4), channels: 4, outputs: 9, padding: 1)
    try verifyCandidates(parameters, Planner.gpu, &random) { $0.algorithm == .local }
  }

  @Test mutating func plansOfGroupsConform() throws {
    let parameters = ConvolutionCase(input: Extent(3, 5), channels: 6, outputs: 38, padding: 1, groups: 2)
    try verifyCandidates(parameters, .cpu, &random, limit: 6)
  }

  @Test mutating func winogradPlansConform() throws {
    let parameters = ConvolutionCase(batch: 2, input: Extent(9, 6), channels: 16, outputs: 32, padding: 1)
    try verifyCandidates(parameters, .cpu, &random) { $0.algorithm == .winograd }
  }

  @Test mutating func plansOfDenseLayersConform() throws {
    let dense = try Dense(batch: 13, inputs: 48, outputs: 21)
    let x = Values.float32(random.integers(13 * 48)), w = Values.float32(random.integers(21 * 48))
    let dy = Values.float32(random.integers(13 * 21))
    for (operation, inputs) in [
      (TensorOperation.dense(dense, bias: false), [x, w]), (.denseDelta(dense), [dy, w]),
      (.denseGradient(dense), [x, dy]),
    ] {
      for candidate in Planner.cpu.candidates(for: operation).prefix(3) {
        try verify(operation, inputs, on: TestDevice.newBackend(Planner.cpu.choosing(candidate)))
      }
    }
  }
}
