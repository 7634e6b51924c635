import Foundation
import OpenCL
import Testing

@testable import DeltaCL

@Suite struct TuningTests {
  private let device: Device
  private let subject: TuningSubject
  private let strided: TensorOperation
  private let square: TensorOperation

  init() throws {
    device = try #require(Backends.choose(TestDevice.selection).candidate.device)
    subject = try TuningSubject(device)
    strided = .convolution(
      try Convolution(
        batch: 1, inputSize: Extent(9, 12), inputChannels: 3, outputChannels: 20, kernelSize: 3, stride: 2),
      bias: false)
    square = .convolutionGradient(
      try Convolution(batch: 1, inputSize: 8, inputChannels: 16, outputChannels: 16, kernelSize: 3, padding: 1))
  }

  private let tile = PlanChoice(
    DirectSum.self, .init(tile: .init(width: 4, vectors: 2, pixels: 3)))

  private func example() -> Tuning {
    var tuning = Tuning(for: subject)
    tuning.insert(Tuning.Entry(strided, exact: false, choice: tile, seconds: 0.5, defaultSeconds: 0.75))
    tuning.insert(
      Tuning.Entry(
        square, exact: false, choice: PlanChoice(Winograd.self, .init(tiles: 64)), seconds: 0.5,
        defaultSeconds: 0.75))
    return tuning
  }

  @Test func itRoundTripsThroughJSON() throws {
    let tuning = example()
    let read = try Tuning(json: Array(tuning.json().utf8), for: subject)
    #expect(read == tuning)
    #expect(read.entries.map(\.shape) == ["1,9,12,3,20,3,3,2,0,1,1", "1,8,8,16,16,3,3,1,1,1,1"])
    #expect(try read.json() == tuning.json())
  }

  @Test func biasDoesNotMatterAndTheLastEntryCounts() throws {
    var tuning = example()
    let convolution = try #require(strided.as(TensorOperation.ConvolutionForward.self)).convolution
    #expect(tuning.entry(for: .convolution(convolution, bias: true), exact: false)?.choice == tile)
    let fused = TensorOperation.fused(.convolution(convolution, bias: true), .activation(.relu))
    #expect(tuning.entry(for: fused, exact: false)?.choice == tile)
    let other = PlanChoice.direct
    tuning.insert(Tuning.Entry(strided, exact: false, choice: other, seconds: 0.5, defaultSeconds: 0.75))
    #expect(tuning.entries.count == 2)
    #expect(tuning.entry(for: strided, exact: false)?.choice == other)
    tuning.remove(strided, exact: false)
    #expect(tuning.entry(for: strided, exact: false) == nil)
    #expect(tuning.entry(for: .convolutionDelta(convolution), exact: false) == nil)
  }

  @Test func exactBackendsIgnoreWinograd() throws {
    var tuning = example()
    #expect(tuning.entry(for: strided, exact: true)?.choice == tile)
    #expect(tuning.entry(for: square, exact: true) == nil)
    tuning.insert(
      Tuning.Entry(
        square, exact: true, choice: PlanChoice(DirectSum.self, .init(splits: 2)), seconds: 0.5, defaultSeconds: 0.75))
    #expect(tuning.entry(for: square, exact: true)?.choice == PlanChoice(DirectSum.self, .init(splits: 2)))
    #expect(tuning.entry(for: square, exact: false)?.choice.algorithm == "winograd")
  }

  @Test func aBackendPlansAsTunedAndStillComputesRight() throws {
    let plain = try OpenCLBackend(device, selector: "tuned")
    let tuned = try OpenCLBackend(device, selector: "tuned", tuning: example())
    let summary = try tuned.plan(for: strided).summary
    #expect(summary.contains("NV=2 TILE=3 V=4"))
    #expect(try plain.plan(for: strided).summary != summary)
    var random = RandomValues(seed: 1)
    let inputs = strided.operands.dropLast().map { Values.float32(random.integers($0.shape.elementCount)) }
    try verify(strided, inputs, on: tuned)
    // The same tuning gives the same bits.
    let again = try OpenCLBackend(device, selector: "tuned", tuning: example())
    let noise = strided.operands.dropLast().map { Values.float32(random.floats($0.shape.elementCount)) }
    #expect(try run(strided, noise, on: tuned).map(\.bits) == run(strided, noise, on: again).map(\.bits))
  }

  @Test func damagedTextsAreRefused() throws {
    let json = try example().json()
    #expect(throws: DeltaCLError.self) { try Tuning(json: [], for: subject) }
    for length in [1, json.count / 3, json.count - 3] {
      expectError(.invalidArgument, naming: "damaged") {
        try Tuning(json: Array(json.utf8.prefix(length)), for: subject)
      }
    }
    for (old, new, words) in [
      ("\"version\" : 3", "\"version\" : 1", "version 1"), ("direct", "indirect", "damaged"),
      ("\"pixels\" : 3", "\"pixels\" : 300", "pixels 300"), ("\"pixels\" : 3", "\"pixels\" : -1", "pixels -1"),
      ("\"seconds\" : 0.5", "\"seconds\" : \"x\"", "damaged"), (subject.kernels, "0123456789abcdef", "kernel"),
      ("\"computeUnits\" : \(subject.computeUnits)", "\"computeUnits\" : 4711", "4711 compute units"),
    ] {
      let changed = json.replacing(old, with: new)
      #expect(changed != json)
      expectError(.invalidArgument, naming: words) { try Tuning(json: Array(changed.utf8), for: subject) }
    }
  }

  @Test func filesThatCannotBeUsedAreIgnored() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("deltacl-tuning-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent(subject.fileName(.tuning))
    #expect(Tuning.load(for: subject, from: folder.path) == nil)
    try Data(try example().json().utf8).write(to: file)
    #expect(Tuning.load(for: subject, from: folder.path) == example())
    try Data("{".utf8).write(to: file)
    #expect(Tuning.load(for: subject, from: folder.path) == nil)
    try FileManager.default.removeItem(at: file)
    try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
    #expect(Tuning.load(for: subject, from: folder.path) == nil)
    #expect(Tuning.load(for: subject, from: folder.path + "/none") == nil)
  }

  @Test func testsDoNotSeeTheUsersTuning() throws {
    #expect(try Tuning.current(for: device) == nil)
  }
}
