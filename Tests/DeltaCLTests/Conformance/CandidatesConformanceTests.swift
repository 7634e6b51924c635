import Foundation
import Testing

@testable import DeltaCL

/// Plans that tuning may choose compute what the reference does: of every algorithm each value of each parameter.
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

  /// The first candidates, and of the others those with a value of one of their algorithm's parameters that none before has. Each
  /// is programs to build: an interpreter takes one of each algorithm.
  private static func covering(_ candidates: [PlanChoice], first: Int) throws -> [PlanChoice] {
    var seen: Set<String> = []
    if TestDevice.usesSmallShapes { return candidates.filter { seen.insert($0.algorithm).inserted } }
    return try candidates.enumerated().filter { index, candidate in
      let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(candidate))
      let values = leaves(json, at: candidate.algorithm)
      let isNew = !values.isSubset(of: seen)
      seen.formUnion(values)
      return isNew || index < first
    }.map(\.element)
  }

  /// The values in JSON with the names on the way to them.
  private static func leaves(_ json: Any, at path: String) -> Set<String> {
    guard let members = json as? [String: Any] else { return ["\(path)=\(json)"] }
    return members.reduce(into: []) { $0.formUnion(leaves($1.value, at: "\(path).\($1.key)")) }
  }

  private func verifyCandidates(
    _ parameters: ConvolutionCase, _ planner: Planner, _ random: inout RandomValues, first: Int = 8,
    where isIncluded: (PlanChoice) -> Bool = { _ in true }
  ) throws {
    for (operation, inputs) in operations(try parameters.descriptor(), &random) {
      let candidates = planner.candidates(for: operation).filter(isIncluded)
      #expect(!candidates.isEmpty)
      for candidate in try Self.covering(candidates, first: first) {
        let tolerance = candidate.isExact ? Tolerance.exact : .deviation(1e-4)
        try verify(operation, inputs, tolerance, on: TestDevice.newBackend(planner.choosing(candidate)))
      }
    }
  }

  @Test mutating func directAndCol2ImPlansConform() throws {
    let parameters = ConvolutionCase(
      batch: 2, input: Extent(3, 7), channels: 3, outputs: 20, kernel: 2, stride: 2, padding: 1)
    try verifyCandidates(parameters, .cpu, &random)
    // The same kernels with narrower vectors.
    try verifyCandidates(parameters, Planner.gpu, &random, first: 4)
  }

  @Test mutating func implicitGEMMPlansConform() throws {
    let parameters = ConvolutionCase(input: Extent(3, 4), channels: 4, outputs: 9, padding: 1)
    try verifyCandidates(parameters, Planner.gpu, &random) { $0.algorithm == ImplicitGEMM.name }
  }

  @Test mutating func plansOfGroupsConform() throws {
    let parameters = ConvolutionCase(input: Extent(3, 5), channels: 6, outputs: 38, padding: 1, groups: 2)
    try verifyCandidates(parameters, .cpu, &random, first: 6)
  }

  @Test mutating func winogradPlansConform() throws {
    let parameters = ConvolutionCase(batch: 2, input: Extent(9, 6), channels: 16, outputs: 32, padding: 1)
    try verifyCandidates(parameters, .cpu, &random) { $0.algorithm == Winograd.name }
  }

  @Test mutating func plansOfDenseLayersConform() throws {
    let dense = try Dense(batch: 13, inputs: 48, outputs: 21)
    let x = Values.float32(random.integers(13 * 48)), w = Values.float32(random.integers(21 * 48))
    let dy = Values.float32(random.integers(13 * 21))
    for (operation, inputs) in [
      (TensorOperation.dense(dense, bias: false), [x, w]), (.denseDelta(dense), [dy, w]),
      (.denseGradient(dense), [x, dy]),
    ] {
      for candidate in try Self.covering(Planner.cpu.candidates(for: operation), first: 3) {
        try verify(operation, inputs, on: TestDevice.newBackend(Planner.cpu.choosing(candidate)))
      }
    }
  }
}
