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
    try planner.choosing(choice).launches(for: operation).summary
  }

  @Test func choicesRoundTripThroughJSON() throws {
    for choice in planner.candidates(for: .convolutionGradient(convolution)) + [PlanChoice()] {
      let json = try JSONEncoder().encode(choice)
      #expect(try JSONDecoder().decode(PlanChoice.self, from: json) == choice)
    }
  }

  @Test func choicesChangeThePlan() throws {
    let forward = TensorOperation.convolution(convolution, bias: true)
    #expect(try summary(forward, PlanChoice()).contains("winograd"))
    let tile = PlanChoice.Tile(width: 8, vectors: 2, pixels: 5)
    let direct = try summary(forward, PlanChoice(algorithm: .direct, tile: tile))
    #expect(direct.contains("convolution_correlate NV=2 TILE=5 V=8"))
    #expect(try summary(forward, PlanChoice(winogradTiles: 0)).contains("winograd_transform_multiply"))
    #expect(try summary(forward, PlanChoice(winogradTiles: 12)).contains("winograd_correlate"))
    #expect(try summary(.convolutionDelta(convolution), PlanChoice(algorithm: .gathered)).contains("gather"))
    let gradient = TensorOperation.convolutionGradient(convolution)
    let chunked = try summary(gradient, PlanChoice(algorithm: .direct, chunkPixels: 60))
    #expect(chunked.contains("ROWS=3"))
    for lanes in PlanChoice.GradientLanes.allCases {
      let choice = PlanChoice(algorithm: .direct, gradientLanes: lanes)
      #expect(try summary(gradient, choice).contains("convolution_gradient_\(lanes.rawValue)"))
    }
    let depthwise = TensorOperation.convolution(
      try Convolution(
        batch: 1, inputSize: 6, inputChannels: 32, outputChannels: 32, kernelSize: 3, padding: 1, groups: 32),
      bias: false)
    #expect(try summary(depthwise, PlanChoice()).contains("depthwise"))
    #expect(try summary(depthwise, PlanChoice(algorithm: .depthwise)).contains("depthwise"))
    #expect(try !summary(depthwise, PlanChoice(algorithm: .direct)).contains("depthwise"))
    #expect(try planner.decide(depthwise).reason.hasSuffix("depthwise"))
    #expect(planner.candidates(for: depthwise).contains { $0.algorithm == .direct })
    let dense = TensorOperation.dense(try Dense(batch: 64, inputs: 800, outputs: 500), bias: true)
    #expect(try summary(dense, PlanChoice(algorithm: .streaming)).hasPrefix("dense "))
    #expect(try summary(dense, PlanChoice(algorithm: .direct)).contains("convolution_correlate"))
    let split = try planner.choosing(PlanChoice(algorithm: .direct, splits: 5)).launches(for: gradient)
    #expect(split.launches.contains { $0.kernel.hasPrefix("convolution_gradient") && $0.globalSize[1] == 5 })
    #expect(try summary(gradient, PlanChoice(winogradTiles: 16)).contains("2 winograd_gradient"))
  }

  @Test func whatDoesNotFitIsLeftToThePlanner() throws {
    let narrow = try Convolution(batch: 1, inputSize: 3, inputChannels: 5, outputChannels: 5, kernelSize: 3)
    for operation in [
      TensorOperation.convolution(narrow, bias: false), .convolutionDelta(narrow), .convolutionGradient(narrow),
    ] {
      let defaults = try planner.launches(for: operation).launches
      for tile in [PlanChoice.Tile(width: 16, vectors: 4, pixels: 16), .init(width: 16, vectors: 1, pixels: 16)] {
        let choice = PlanChoice(tile: tile, winogradTiles: 12)
        #expect(try planner.choosing(choice).launches(for: operation).launches == defaults)
      }
    }
  }

  @Test func candidatesAreDistinctAndPossible() throws {
    for operation in [
      TensorOperation.convolution(convolution, bias: false), .convolutionDelta(convolution),
      .convolutionGradient(convolution), .dense(try Dense(batch: 64, inputs: 800, outputs: 500), bias: true),
    ] {
      let candidates = planner.candidates(for: operation)
      let lists = try candidates.map { try planner.choosing($0).launches(for: operation).launches }
      #expect(Set(lists).count == candidates.count)
      #expect(try !lists.contains(planner.launches(for: operation).launches))
      for candidate in candidates { try candidate.validate() }
      #expect(candidates.count < 60)
    }
    #expect(planner.candidates(for: .fill(count: 3, value: 1)).isEmpty)
    #expect(
      !planner.exact.candidates(for: .convolution(convolution, bias: false)).contains { $0.algorithm == .winograd })
  }

  @Test(arguments: [
    (PlanChoice(tile: .init(width: 3, vectors: 1, pixels: 1)), "tile width 3"),
    (PlanChoice(tile: .init(width: 4, vectors: 3, pixels: 1)), "tile vectors 3"),
    (PlanChoice(tile: .init(width: 4, vectors: 1, pixels: 17)), "tile pixels 17"),
    (PlanChoice(winogradTiles: -1), "winograd tiles -1"), (PlanChoice(splits: 0), "splits 0"),
    (PlanChoice(chunkPixels: 1 << 20), "chunk pixels 1048576"),
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
      try backend.plan(for: .convolution(strided, bias: false), choice: PlanChoice(algorithm: .winograd))
    }
    expectError(.invalidArgument, naming: "gathered", "only deltas") {
      try backend.plan(for: .convolutionGradient(strided), choice: PlanChoice(algorithm: .gathered))
    }
    expectError(.invalidArgument, naming: "streaming", "no multiple of 16") {
      try backend.plan(
        for: .dense(Dense(batch: 2, inputs: 35, outputs: 3), bias: true), choice: PlanChoice(algorithm: .streaming))
    }
    expectError(.invalidArgument, naming: "no choices") {
      try backend.plan(for: .fill(count: 1, value: 0), choice: PlanChoice(algorithm: .direct))
    }
  }

  @Test func scratchOverTheLimitFallsBackToTheDirectSum() throws {
    var planner = Planner.cpu
    // So many tiles that their transforms take more than the padded image.
    let forward = TensorOperation.convolution(
      try Convolution(
        batch: 8, inputSize: Extent(12, 20), inputChannels: 32, outputChannels: 64, kernelSize: 3, padding: 1),
      bias: true)
    let direct = try planner.exact.launches(for: forward)
    planner.maximumScratchBytes = direct.scratchCounts.reduce(0, +) * 4
    let decision = try planner.decide(forward)
    #expect(decision.launches.launches == direct.launches)
    #expect(decision.reason.contains("scratch"))
    planner.maximumScratchBytes -= 1
    expectError(.tooLarge, naming: "bytes of scratch", "\(planner.maximumScratchBytes)", "smaller batch") {
      try planner.decide(forward)
    }
    expectError(.tooLarge, naming: "bias-gradient", "smaller batch") {
      planner.maximumScratchBytes = 4
      return try planner.decide(.biasGradient(rows: 64, channels: 64))
    }
  }

  @Test func decisionsSayWhy() throws {
    func reason(_ operation: TensorOperation) throws -> String { try planner.decide(operation).reason }
    let fused = TensorOperation.fused(.convolution(convolution, bias: false), .activation(.relu))
    #expect(try reason(fused).contains("Winograd"))
    #expect(try reason(.fill(count: 1, value: 0)) == "default of CPU devices")
    #expect(try reason(.convolution(convolution, bias: false)).contains("Winograd"))
    let strided = try Convolution(
      batch: 1, inputSize: 9, inputChannels: 16, outputChannels: 16, kernelSize: 3, stride: 2)
    #expect(try reason(.convolution(strided, bias: false)).contains("Winograd refused because its tiles would cost"))
    let gradient = try reason(.convolutionGradient(strided))
    #expect(gradient.contains("Winograd refused because it has none for the gradient of a 3x3 kernel at stride 2x2"))
    let odd = try Convolution(batch: 1, inputSize: 9, inputChannels: 3, outputChannels: 20, kernelSize: 3)
    #expect(try reason(.convolution(odd, bias: false)).contains("3 channels are fewer than 16"))
    #expect(try reason(.convolutionDelta(odd)).contains("gathered because 3 channels"))
    let entry = Tuning.Entry(
      .convolution(odd, bias: false), exact: false, choice: PlanChoice(algorithm: .direct), seconds: 1e-3,
      defaultSeconds: 2e-3)
    let tuned = try planner.decide(.convolution(odd, bias: false), tuned: entry)
    #expect(tuned.reason == "tuned: direct, 1.000 ms instead of 2.000")
  }
}
