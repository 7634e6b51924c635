import Foundation
import Testing

@testable import DeltaCL

@Suite struct PlanChoiceTests {
  private let convolution: Convolution
  private let planner = Planner.cpu

  init() throws {
    convolution = try Convolution(
      batch: 2, inputSize: Extent(12, 20), inputChannels: 32, outputChannels: 64, kernelSize: 3, padding: 1)
  }

  private func summary(_ operation: TensorOperation, _ choice: PlanChoice) throws -> String {
    try planner.choosing(choice).decide(operation).launches.summary
  }

  private func direct(_ operation: TensorOperation, _ parameters: DirectSum.Parameters) throws -> String {
    try summary(operation, PlanChoice(DirectSum.self, parameters))
  }

  private func winograd(_ operation: TensorOperation, tiles: Int) throws -> String {
    try summary(operation, PlanChoice(Winograd.self, .init(tiles: tiles)))
  }

  @Test func choicesRoundTripThroughJSON() throws {
    let dense = TensorOperation.dense(try Dense(batch: 64, inputs: 800, outputs: 500), bias: true)
    let operations = [.convolutionGradient(convolution), .convolution(convolution, bias: true), dense]
    let choices = operations.flatMap { planner.candidates(for: $0) + Planner.gpu.candidates(for: $0) }
    #expect(Set(choices.map(\.algorithm)) == ["direct", "winograd", "unpacked", "implicit-gemm"])
    for choice in choices {
      let json = try JSONEncoder().encode(choice)
      #expect(try JSONDecoder().decode(PlanChoice.self, from: json) == choice)
    }
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(PlanChoice.self, from: Data(#"{"algorithm": "none", "parameters": {}}"#.utf8))
    }
  }

  @Test func algorithmsHaveNamesOfTheirOwn() {
    for planner in [Planner.cpu, .gpu] {
      let names = planner.algorithms.map { $0.name }
      #expect(Set(names).count == names.count)
      #expect(names.last == DirectSum.name)
    }
  }

  @Test func choicesChangeThePlan() throws {
    let forward = TensorOperation.convolution(convolution, bias: true)
    let tile = TileShape(width: 8, vectors: 2, pixels: 5)
    #expect(try direct(forward, .init(tile: tile)).contains("convolution_correlate NV=2 TILE=5 V=8"))
    #expect(try winograd(forward, tiles: 0).contains("winograd_transform_multiply"))
    #expect(try winograd(forward, tiles: 12).contains("winograd_correlate"))
    #expect(try summary(.convolutionDelta(convolution), PlanChoice(Col2Im.self)).contains("gather"))
    let gradient = TensorOperation.convolutionGradient(convolution)
    #expect(try direct(gradient, .init(chunkPixels: 60)).contains("ROWS=3"))
    for lanes in DirectSum.Lanes.allCases {
      #expect(try direct(gradient, .init(lanes: lanes)).contains("convolution_gradient_\(lanes.rawValue)"))
    }
    let dense = TensorOperation.dense(try Dense(batch: 64, inputs: 800, outputs: 500), bias: true)
    #expect(try summary(dense, PlanChoice(UnpackedDense.self)).hasPrefix("dense "))
    #expect(try direct(dense, .init()).contains("convolution_correlate"))
    let split = try planner.choosing(PlanChoice(DirectSum.self, .init(splits: 5))).decide(gradient).launches
    #expect(split.launches.contains { $0.kernel.hasPrefix("convolution_gradient") && $0.globalSize[1] == 5 })
    #expect(try winograd(gradient, tiles: 16).contains("2 winograd_gradient"))
  }

  @Test func whatDoesNotFitIsLeftToTheAlgorithm() throws {
    let narrow = try Convolution(batch: 1, inputSize: 3, inputChannels: 5, outputChannels: 5, kernelSize: 3)
    for operation in [
      TensorOperation.convolution(narrow, bias: false), .convolutionDelta(narrow), .convolutionGradient(narrow),
    ] {
      let defaults = try summary(operation, .direct)
      for tile in [TileShape(width: 16, vectors: 4, pixels: 16), .init(width: 16, vectors: 1, pixels: 16)] {
        #expect(try direct(operation, .init(tile: tile)) == defaults)
      }
    }
  }

  @Test func candidatesAreDistinctAndPossible() throws {
    for operation in [
      TensorOperation.convolution(convolution, bias: false), .convolutionDelta(convolution),
      .convolutionGradient(convolution), .dense(try Dense(batch: 64, inputs: 800, outputs: 500), bias: true),
    ] {
      let candidates = planner.candidates(for: operation)
      let lists = try candidates.map { try planner.choosing($0).decide(operation).launches.launches }
      #expect(Set(lists).count == candidates.count)
      #expect(try !lists.contains(planner.decide(operation).launches.launches))
      for candidate in candidates { try candidate.validate() }
      #expect(candidates.count < 60)
    }
    #expect(planner.candidates(for: .fill(count: 3, value: 1)).isEmpty)
    let exact = planner.exact.candidates(for: .convolution(convolution, bias: false))
    #expect(!exact.isEmpty && !exact.contains { !$0.isExact })
  }

  @Test(arguments: [
    (PlanChoice(DirectSum.self, .init(tile: .init(width: 3, vectors: 1, pixels: 1))), "tile width 3"),
    (PlanChoice(Winograd.self, .init(tile: .init(width: 4, vectors: 3, pixels: 1))), "tile vectors 3"),
    (PlanChoice(Col2Im.self, .init(tile: .init(width: 4, vectors: 1, pixels: 17))), "tile pixels 17"),
    (PlanChoice(Winograd.self, .init(tiles: -1)), "winograd tiles -1"),
    (PlanChoice(DirectSum.self, .init(splits: 0)), "split-K 0"),
    (PlanChoice(DirectSum.self, .init(chunkPixels: 1 << 20)), "chunk pixels 1048576"),
  ])
  func impossibleChoicesAreErrors(_ choice: PlanChoice, _ words: String) throws {
    expectError(.invalidArgument, naming: words) { try choice.validate() }
    let backend = try #require(TestDevice.newBackend() as? OpenCLBackend)
    expectError(.invalidArgument, naming: words) {
      try backend.plan(for: .convolution(convolution, bias: false), choice: choice)
    }
  }

  @Test func anAlgorithmThatCannotDoTheOperationIsAnError() throws {
    let strided = try Convolution(
      batch: 1, inputSize: 9, inputChannels: 16, outputChannels: 16, kernelSize: 3, stride: 3)
    let backend = try #require(TestDevice.newBackend(.cpu) as? OpenCLBackend)
    expectError(.invalidArgument, naming: "winograd", "forward of a 3x3 kernel at stride 3x3") {
      try backend.plan(for: .convolution(strided, bias: false), choice: PlanChoice(Winograd.self))
    }
    expectError(.invalidArgument, naming: "no choices") {
      try backend.plan(for: .fill(count: 1, value: 0), choice: .direct)
    }
    let dense = try Dense(batch: 2, inputs: 35, outputs: 3)
    #expect(
      planner.refusal(of: PlanChoice(UnpackedDense.self), for: .dense(dense, bias: true)) == .unaligned(35, width: 16))
    #expect(planner.refusal(of: PlanChoice(Col2Im.self), for: .convolutionGradient(strided)) == .otherOperation)
    #expect(planner.refusal(of: PlanChoice(Depthwise.self), for: .convolutionDelta(strided)) == .notDepthwise)
    #expect(
      planner.exact.refusal(of: PlanChoice(Winograd.self), for: .convolutionGradient(convolution)) == .turnedOff)
    #expect(planner.refusal(of: PlanChoice(ImplicitGEMM.self), for: .convolutionDelta(strided)) == .turnedOff)
  }

  @Test func scratchOverTheLimitFallsBackToTheDirectSum() throws {
    var planner = Planner.cpu
    // So many tiles that their transforms take more than the padded image.
    let forward = TensorOperation.convolution(
      try Convolution(
        batch: 8, inputSize: Extent(12, 20), inputChannels: 32, outputChannels: 64, kernelSize: 3, padding: 1),
      bias: true)
    let direct = try planner.exact.decide(forward).launches
    planner.maximumScratchBytes = direct.scratchByteCount
    let decision = try planner.decide(forward)
    #expect(decision.launches.launches == direct.launches)
    #expect(
      decision.refusals.contains {
        guard case .scratch(_, most: planner.maximumScratchBytes) = $0.refusal else { return false }
        return $0.algorithm == "winograd"
      })
    planner.maximumScratchBytes -= 1
    expectError(.tooLarge, naming: "bytes of scratch", "\(planner.maximumScratchBytes)", "smaller batch") {
      try planner.decide(forward)
    }
    expectError(.tooLarge, naming: "bias-gradient", "smaller batch") {
      planner.maximumScratchBytes = 4
      return try planner.decide(.biasGradient(rows: 64, channels: 64))
    }
  }

  /// The algorithm that is taken, and why the ones before it are not.
  @Test func decisionsSayWhy() throws {
    func decision(_ operation: TensorOperation) throws -> (algorithm: String?, refusals: [String: Refusal]) {
      let decision = try planner.decide(operation)
      return (decision.choice?.algorithm, Dictionary(uniqueKeysWithValues: decision.refusals.map { ($0, $1) }))
    }
    let fused = TensorOperation.fused(.convolution(convolution, bias: false), .activation(.relu))
    #expect(try decision(fused).algorithm == "winograd")
    #expect(try decision(.convolution(convolution, bias: false)).refusals == ["depthwise": .notDepthwise])
    #expect(try decision(.fill(count: 1, value: 0)).algorithm == nil)
    let strided = try Convolution(
      batch: 1, inputSize: 9, inputChannels: 16, outputChannels: 16, kernelSize: 3, stride: 2)
    let forward = try decision(.convolution(strided, bias: false))
    #expect(forward.algorithm == "direct")
    guard case .slower(let cost, let direct) = forward.refusals["winograd"] else {
      Issue.record("\(forward)")
      return
    }
    #expect(cost > direct)
    #expect(
      try decision(.convolutionGradient(strided)).refusals["winograd"] == .noTransform(.gradient, kernel: 3, stride: 2))
    let odd = try Convolution(batch: 1, inputSize: 9, inputChannels: 3, outputChannels: 20, kernelSize: 3)
    #expect(try decision(.convolution(odd, bias: false)).refusals["winograd"] == .fewChannels(3, least: 16))
    #expect(try decision(.convolutionDelta(odd)).algorithm == "col2im")
    let depthwise = try Convolution(
      batch: 1, inputSize: 6, inputChannels: 32, outputChannels: 32, kernelSize: 3, padding: 1, groups: 32)
    #expect(try decision(.convolution(depthwise, bias: false)).algorithm == "depthwise")
    #expect(planner.candidates(for: .convolution(depthwise, bias: false)).contains { $0.algorithm == "direct" })
    #expect(try planner.decide(.fill(count: 1, value: 0)).reason == "default of CPU devices")
    #expect(
      try planner.decide(.convolution(odd, bias: false)).reason
        == "default of CPU devices: direct, not depthwise: it is not depthwise, "
        + "not winograd: 3 channels are fewer than 16, not few-channels: the stride is 1"
    )
    let entry = Tuning.Entry(
      .convolution(odd, bias: false), exact: false, choice: .direct, seconds: 1e-3, defaultSeconds: 2e-3)
    let tuned = try planner.decide(.convolution(odd, bias: false), tuned: entry)
    #expect(tuned.reason == "tuned: direct, 1.000 ms instead of 2.000")
  }
}
