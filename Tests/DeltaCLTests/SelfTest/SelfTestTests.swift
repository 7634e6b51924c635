import Foundation
import OpenCL
import Testing

@testable import DeltaCL

@Suite struct SelfTestTests {
  private let device: Device

  init() throws {
    device = try #require(Backends.choose(TestDevice.selection).candidate.device)
  }

  /// A self-test of some kernels, on PoCL's devices as on others.
  private func test(
    _ planner: Planner = .cpu, where isIncluded: (SelfTestCase) -> Bool
  ) throws -> SelfTest {
    var planner = planner
    planner.limit(to: DeviceLimits(device))
    return try SelfTest(device, selector: "tested", family: nil, planner: planner, where: isIncluded)
  }

  @Test func kernelsThatComputeRightPass() throws {
    let names: Set = [
      "fill", "add", "increment", "dropout", "max-pooling", "max-pooling-delta", "softmax-cross-entropy",
    ]
    let test = try test { names.contains($0.operation.name) }
    #expect(Set(test.variants.map(\.operation)) == names)
    let results = test.variants.map(test.run)
    for result in results { #expect(result.outcome == .passed, "\(result.variant.name)") }
    let record = test.record(of: results)
    #expect(record.state == .passed(count: results.count, excluded: []))
    #expect(record.failures.isEmpty && record.excludedKernels.isEmpty)
  }

  @Test(arguments: [Planner.cpu, Planner.gpu], [false, true])
  func convolutionsRunEveryTileOnce(planner: Planner, isThorough: Bool) throws {
    let cases = try SelfTestCase.convolutions(on: planner, isThorough: isThorough)
    #expect(Set(cases.compactMap(\.choice?.algorithm)) == Set(planner.algorithms.map { $0.name }))
    // A plan that is no default runs something that none before does.
    var seen: Set<KernelVariant> = []
    for tested in cases {
      let standard = try planner.decide(tested.operation).choice
      let features = Set(tested.kernels.flatMap { $0.features(ofWholeTiles: isThorough) })
      #expect(tested.choice == standard || !seen.isSuperset(of: features), "\(tested.operation.name)")
      seen.formUnion(features)
    }
    let variants = Set(cases.flatMap(\.kernels))
    for tile in planner.localTiles {
      for kernel in ["local_convolution_correlate", "local_convolution_gradient"] {
        #expect(
          variants.contains { $0.kernel == kernel && $0.tile["TM"] == tile.rows && $0.tile["TN"] == tile.columns })
      }
    }
  }

  @Test func everyOperationIsTested() throws {
    for planner in [Planner.cpu, .gpu] {
      let cases = try SelfTestCase.operations(on: planner) + SelfTestCase.convolutions(on: planner)
      let tested = Set(cases.map { $0.operation.withoutEpilogue.name })
      // `dropout-delta` and the like are the command's names for the same operations.
      let same = Set(
        ["dropout-delta", "multiply-channels-delta", "global-average-pooling", "global-average-pooling-delta"]
          + StridedCopy.commands.map(\.name))
      // Formulas are one operation.
      let formulas = Set(TensorOperation.Elementwise.commands.map(\.name))
      let missing = Set(TensorOperation.commands.map(\.name)).subtracting(tested).subtracting(same)
        .subtracting(formulas)
      #expect(missing.isEmpty, "\(missing.sorted())")
    }
  }

  @Test func whatCannotBePlannedAroundFailsTheDevice() throws {
    let test = try test { ["fill", "convolution", "dense"].contains($0.operation.name) }
    func record(_ outcome: SelfTest.Outcome, where isWrong: (SelfTest.Variant) -> Bool) -> SelfTestRecord {
      test.record(
        of: test.variants.map {
          SelfTest.Result(variant: $0, outcome: isWrong($0) ? outcome : .passed, seconds: 0)
        })
    }
    let fill = record(.failed("y[0] is 1.0, not 0.1")) { $0.operation == "fill" }
    #expect(fill.state == .failed(["fill: y[0] is 1.0, not 0.1"]))
    #expect(fill.excludedKernels.isEmpty)

    let winograd = record(.failed("wrong")) { $0.choice?.algorithm == "winograd" }
    #expect(!winograd.state.hasFailed)
    #expect(winograd.excludedKernels.allSatisfy { $0.hasPrefix("winograd_") } && !winograd.excludedKernels.isEmpty)

    let direct = record(.refused("work-groups of 64")) { $0.choice?.algorithm == "direct" }
    #expect(direct.state.hasFailed)
    #expect(direct.failures.contains { $0.hasPrefix("convolution by direct") && $0.contains("refused: work-groups") })
  }

  @Test func aBackendPlansAroundWhatFailedAndComputesRight() throws {
    let test = try test { $0.operation.name == "convolution-delta" }
    let record = test.record(
      of: test.variants.map {
        SelfTest.Result(
          variant: $0, outcome: $0.choice?.algorithm == "col2im" ? .failed("wrong") : .passed, seconds: 0)
      })
    #expect(record.excludedKernels == ["convolution_delta_gather"])
    let convolution = try Convolution(
      batch: 1, inputSize: Extent(9, 12), inputChannels: 3, outputChannels: 20, kernelSize: 3, stride: 2)
    let delta = TensorOperation.convolutionDelta(convolution)
    let plain = try OpenCLBackend(device, selector: "plain", family: .tile)
    #expect(try plain.plan(for: delta).summary.contains("convolution_delta_gather"))
    let careful = try OpenCLBackend(device, selector: "careful", family: .tile, selfTest: record)
    #expect(try !careful.plan(for: delta).summary.contains("convolution_delta_gather"))
    var random = RandomValues(seed: 4)
    try verify(
      delta, delta.operands.dropLast().map { .float32(random.integers($0.shape.elementCount)) }, on: careful)
  }

  @Test func recordsRoundTripAndOthersAreRefused() throws {
    let test = try test { $0.operation.name == "convolution" || $0.operation.name == "fill" }
    let record = test.record(
      of: test.variants.map {
        SelfTest.Result(variant: $0, outcome: $0.choice?.isExact == true ? .passed : .failed("wrong"), seconds: 1)
      })
    let json = try record.json()
    #expect(try SelfTestRecord(json: Array(json.utf8), for: test.subject) == record)
    for (old, new, words) in [
      ("\"version\" : 2", "\"version\" : 0", "version 0"), ("\"failures\"", "\"successes\"", "damaged"),
      (test.subject.kernels, "0123456789abcdef", "kernel"), (test.subject.driver, "another", "driver another"),
    ] {
      let changed = json.replacing(old, with: new)
      #expect(changed != json)
      expectError(.invalidArgument, naming: words) {
        try SelfTestRecord(json: Array(changed.utf8), for: test.subject)
      }
    }
    expectError(.invalidArgument, naming: "damaged") {
      try SelfTestRecord(json: Array(json.utf8.prefix(json.utf8.count / 2)), for: test.subject)
    }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("deltacl-selftest-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(SelfTestRecord.load(for: test.subject, from: folder.path) == nil)
    let file = folder.appendingPathComponent(test.subject.fileName(.selfTest))
    try Data(json.utf8).write(to: file)
    #expect(SelfTestRecord.load(for: test.subject, from: folder.path) == record)
    try Data("{".utf8).write(to: file)
    #expect(SelfTestRecord.load(for: test.subject, from: folder.path) == nil)
  }

  @Test func tolerancesFindWhatIsWrong() {
    let expected = HostValues([1, -2, 0, 4] as [Float])
    func mismatches(_ tolerance: SelfTestTolerance, _ values: [Float]) -> [Int] {
      tolerance.mismatches(HostValues(values), expected)
    }
    #expect(mismatches(.exact, [1, -2, 0, 4]).isEmpty)
    #expect(mismatches(.exact, [1, -2, -0.0, 4.0000005]) == [2, 3])
    #expect(mismatches(.rounded, [1, -2, 1e-5, 4.00001]).isEmpty)
    #expect(mismatches(.rounded, [1, -2, 1e-3, .nan]) == [2, 3])
    #expect(mismatches(.transformed, [1.0001, -2, 1e-4, .infinity]) == [3])
    let special = HostValues([.nan, .infinity] as [Float])
    #expect(SelfTestTolerance.rounded.mismatches(HostValues([.nan, .infinity] as [Float]), special).isEmpty)
    #expect(SelfTestTolerance.rounded.mismatches(HostValues([0, -.infinity] as [Float]), special) == [0, 1])
    #expect(SelfTestTolerance.rounded.mismatches(HostValues([3] as [Int32]), HostValues([4] as [Int32])) == [0])
  }
}
