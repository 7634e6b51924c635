import Testing

@testable import DeltaCL

/// What planning does without kernels that failed a self-test.
@Suite struct KernelExclusionTests {
  private let square: TensorOperation
  private let pointwise: TensorOperation

  init() throws {
    square = .convolution(
      try Convolution(batch: 8, inputSize: 56, inputChannels: 64, outputChannels: 128, kernelSize: 3, padding: 1),
      bias: false)
    pointwise = .convolution(
      try Convolution(batch: 1, inputSize: 7, inputChannels: 16, outputChannels: 20, kernelSize: 1), bias: true)
  }

  private func planner(_ planner: Planner, without kernels: [KernelVariant]) -> Planner {
    var planner = planner
    planner.exclusions = kernels.map { KernelExclusion(variants: [$0]) }
    return planner
  }

  private func variants(_ planner: Planner, _ operation: TensorOperation) throws -> [KernelVariant] {
    try planner.decide(operation).launches.variants
  }

  @Test func anotherTileTakesThePlaceOfOneThatFailed() throws {
    var excluded: [KernelVariant] = []
    // Each tile of the local family, then an algorithm without them.
    for _ in LocalTile.all {
      let decision = try planner(.gpu, without: excluded).decide(square)
      #expect(decision.choice?.algorithm == "implicit-gemm")
      let taken = decision.launches.variants
      #expect(taken.count == 1 && !excluded.contains { $0.covers(taken[0]) })
      excluded += taken
    }
    #expect(Set(excluded.map { [$0.tile["TM"], $0.tile["TN"]] }) == Set(LocalTile.all.map { [$0.rows, $0.columns] }))
    let decision = try planner(.gpu, without: excluded).decide(square)
    #expect(decision.choice?.algorithm == "direct")
    #expect(decision.reason.contains("not implicit-gemm: local_convolution_correlate"))
    #expect(decision.reason.contains("failed the self-test"))
  }

  @Test func anotherAlgorithmTakesThePlaceOfOneThatFailed() throws {
    #expect(try Planner.cpu.decide(square).choice?.algorithm == "winograd")
    let noWinograd = [
      KernelVariant(anyTileOf: "winograd_correlate"), KernelVariant(anyTileOf: "winograd_transform_multiply"),
    ]
    #expect(try planner(.cpu, without: noWinograd).decide(square).choice?.algorithm == "direct")
    // What has a drawback is better than nothing.
    let small = TensorOperation.convolution(
      try Convolution(batch: 1, inputSize: 3, inputChannels: 16, outputChannels: 16, kernelSize: 3), bias: false)
    let noDirect = ["convolution_correlate", "convolution_correlate_images"].map { KernelVariant(anyTileOf: $0) }
    #expect(try Planner.cpu.decide(small).choice?.algorithm == "direct")
    #expect(try planner(.cpu, without: noDirect).decide(small).choice?.algorithm == "winograd")
  }

  @Test func anOperationWithoutAnAlgorithmLeftIsAnError() throws {
    let planner = planner(
      .cpu,
      without: ["convolution_correlate", "convolution_correlate_images"].map { KernelVariant(anyTileOf: $0) })
    expectError(
      .unsupportedKernel, naming: "convolution 1,7,7,16,20,1,1,1,0,1,1 has no algorithm left", "convolution_correlate",
      "deltacl selftest"
    ) { try planner.decide(pointwise) }
    // Other passes do without these kernels.
    let gradient = TensorOperation.convolutionGradient(
      try Convolution(batch: 1, inputSize: 7, inputChannels: 16, outputChannels: 20, kernelSize: 1))
    #expect(throws: Never.self) { try planner.decide(gradient) }
  }

  @Test func whatIsExcludedCanBeNeitherChosenNorTunedNorACandidate() throws {
    let planner = planner(.cpu, without: [KernelVariant(anyTileOf: "winograd_pack")])
    let choice = PlanChoice(Winograd.self)
    expectError(.invalidArgument, naming: "winograd_pack failed the self-test") {
      try planner.choosing(choice).decide(square)
    }
    let entry = Tuning.Entry(square, exact: false, choice: choice, seconds: 1, defaultSeconds: 2)
    let tuned = try planner.decide(square, tuned: entry)
    #expect(!tuned.launches.variants.contains { $0.kernel == "winograd_pack" })
    let candidates = planner.candidates(for: square)
    #expect(!candidates.isEmpty)
    for candidate in candidates {
      #expect(try !variants(planner.choosing(candidate), square).contains { $0.kernel == "winograd_pack" })
    }
  }

  private func result(_ kernels: [KernelVariant], _ outcome: SelfTest.Outcome) throws -> SelfTest.Result {
    let tested = try SelfTestCase(square, choice: .direct, [], .exact, on: .cpu)
    return SelfTest.Result(
      variant: SelfTest.Variant(tested, index: 0, kernels: kernels), outcome: outcome, seconds: 0)
  }

  @Test func kernelsThatComputeRightInOtherPlansAreNotBlamed() throws {
    let launch = { (kernel: String, tile: [String: Int]) in
      KernelVariant(Launch(kernel, in: "x", constants: tile, [:], globalSize: [1]))
    }
    let pack = launch("pack", ["V": 16])
    let narrow = launch("correlate", ["V": 16, "TILE": 4, "PARTS": 1])
    let wide = launch("correlate", ["V": 16, "TILE": 12])
    #expect(narrow.description == "correlate TILE=4 V=16")
    // One tile of a kernel fails.
    let one = KernelExclusion.exclusions(from: [
      try result([pack, narrow], .passed), try result([pack, wide], .failed("wrong")),
    ])
    #expect(one == [KernelExclusion(variants: [wide])])
    // All of them do, and nothing tells which of two kernels it is: any tile of both together is excluded.
    let all = KernelExclusion.exclusions(from: [
      try result([pack, narrow], .failed("wrong")), try result([pack, wide], .hung(seconds: 1)),
    ])
    #expect(all.map(\.variants) == [[KernelVariant(anyTileOf: "pack"), KernelVariant(anyTileOf: "correlate")]])
    // Each is right in other company.
    let together = KernelExclusion.exclusions(from: [
      try result([pack, narrow], .passed), try result([wide], .passed),
      try result([pack, wide], .refused("too large")),
    ])
    #expect(together == [KernelExclusion(variants: [pack, wide])])
    #expect(
      together[0].covers(LaunchList(Launch("pack", in: "x", constants: ["V": 16], [:], globalSize: [1]))) == false)
  }
}
