import Foundation
import Testing

@testable import DeltaCL

@Suite struct SelectionTests {
  private func expectCurrent(_ backend: any Backend, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let current = try Backends.current
    #expect(current === backend, sourceLocation: sourceLocation)
  }

  @Test func referenceIsTheLastCandidate() throws {
    let candidates = Backends.available()
    let reference = try #require(candidates.last)
    #expect(reference.selector == "reference" && reference.kind == .reference && reference.device == nil)
    #expect(reference.isUsable)
    #expect(Set(candidates.map(\.selector)).count == candidates.count)
    #expect(candidates.dropLast().allSatisfy { $0.device != nil && (!$0.isUsable || $0.score > reference.score) })
  }

  @Test func everyCandidateAnswersToItsSelector() throws {
    for candidate in Backends.available() where candidate.isUsable {
      let choice = try Backends.choose(candidate.selector)
      #expect(choice.candidate.selector == candidate.selector)
      #expect(!choice.reason.isEmpty)
      #expect(try Backends.select(candidate.selector).selector == candidate.selector)
    }
  }

  @Test func autoTakesTheHighestScore() throws {
    let best = Backends.available().filter(\.isUsable).map(\.score).max()
    for text in ["auto", "AUTO", ""] {
      let choice = try Backends.choose(text)
      #expect(choice.candidate.score == best)
      #expect(choice.reason.hasPrefix("auto: "))
    }
  }

  @Test func kinds() throws {
    #expect(try Backends.choose("cpu").candidate.kind == .cpu)
    #expect(try Backends.choose("Reference").candidate.kind == .reference)
    if Backends.available().contains(where: { $0.kind == .gpu && $0.isUsable }) {
      #expect(try Backends.choose("gpu").candidate.kind == .gpu)
    } else {
      expectError(.unknownDevice, naming: "GPU", "reference", "auto") { try Backends.choose("gpu") }
    }
  }

  @Test func partsOfNames() throws {
    #expect(try Backends.choose("REFERENCE IMPL").candidate.selector == "reference")
    #expect(try Backends.choose("deltacl").candidate.selector == "reference")
  }

  @Test(arguments: ["0:0", " 0:0", "0:0\n", "0 : 0", "0", " 0 "]) func indicesAreUnderstoodAsMeant(text: String) throws
  {
    // With more devices than one an index alone may be ambiguous.
    let devices = Backends.available().filter { $0.device != nil }
    guard devices.count == 1 || text.contains(":") else { return }
    #expect(try Backends.choose(text).candidate.selector == "0:0")
  }

  @Test(arguments: [" auto ", "\treference", " CPU"]) func blanksAroundASelectionAreNoMatter(text: String) throws {
    let trimmed = text.trimmingCharacters(in: .whitespaces)
    #expect(try Backends.choose(text).candidate.selector == Backends.choose(trimmed).candidate.selector)
  }

  @Test func anIndexThatFitsNothingIsUnknown() {
    expectError(.unknownDevice, naming: "'987654'", "reference") { try Backends.choose("987654") }
  }

  @Test func failuresAreNamedWhereNothingAnswers() {
    let failures = [PlatformFailure(subject: "platform 3 (Broken)", reason: "it has no device")]
    for text in ["gpu", "3:0", "broken"] {
      expectError(.unknownDevice, naming: "platform 3 (Broken): it has no device") {
        try BackendSelector(text).choose(from: [.reference], failures: failures)
      }
    }
  }

  @Test func aFallToTheReferenceBackendIsMarked() throws {
    let failures = [PlatformFailure(subject: "platform 0", reason: "it has no device")]
    let choice = try BackendSelector("auto").choose(from: [.reference], failures: failures)
    #expect(choice.isFallback && choice.failures == failures)
    #expect(try !BackendSelector("reference").choose(from: [.reference]).isFallback)
    #expect(try !Backends.choose("0:0").isFallback)
  }

  @Test func aDeviceThatFailedItsSelfTestIsNotTakenByAuto() throws {
    let device = try #require(Backends.choose(TestDevice.selection).candidate.device)
    func candidate(_ index: Int, _ state: SelfTestState) -> BackendCandidate {
      BackendCandidate(device, platformIndex: 0, deviceIndex: index, selfTest: state)
    }
    let bad = candidate(0, .failed(["fill: y[0] is 1.0, not 0.1"]))
    let good = candidate(1, .passed(count: 9, excluded: ["winograd_correlate"]))
    let choice = try BackendSelector("auto").choose(from: [bad, good, .reference])
    #expect(choice.candidate.selector == "0:1" && !choice.isFallback)
    #expect(choice.reason == "auto: the only OpenCL device that has not failed its self-test")
    #expect(try BackendSelector(good.kind.rawValue).choose(from: [bad, good]).candidate.selector == "0:1")

    let fallback = try BackendSelector("auto").choose(from: [bad, .reference])
    #expect(fallback.isFallback && fallback.candidate.selector == "reference")
    #expect(fallback.reason.contains("self-test"))
    #expect(fallback.failures.map(\.subject) == ["device 0:0 (\(device.name))"])
    #expect(fallback.failures.first?.reason.contains("fill: y[0] is 1.0, not 0.1") == true)
    // An explicit choice is taken at its word.
    #expect(try BackendSelector("0:0").choose(from: [bad, .reference]).candidate.selector == "0:0")
    #expect(try BackendSelector(bad.kind.rawValue).choose(from: [bad]).candidate.selector == "0:0")
    for state in [SelfTestState.notRun, .stale] {
      #expect(try BackendSelector("auto").choose(from: [candidate(0, state), .reference]).candidate.selector == "0:0")
    }
  }

  /// Every device and platform has an `e` in its name, and an explicit selection never guesses.
  @Test func ambiguousNames() {
    expectError(.ambiguousDevice, naming: "'e'", "reference", "0:0") { try Backends.choose("e") }
  }

  @Test(arguments: ["9:9", "0:99", "-1:0", "0:0:0", ":", "0:", "0:x", "no such device"])
  func unknownSelections(_ text: String) {
    expectError(.unknownDevice, naming: "choose auto or one of", "0:0", "reference") { try Backends.choose(text) }
  }

  @Test func oneDeviceIsOneInstance() throws {
    let byKind = try Backends.select("cpu")
    let byIndices = try Backends.select(Backends.choose("cpu").candidate.selector)
    #expect(byKind === byIndices)
    let reference = try Backends.select("reference")
    #expect(reference === ReferenceBackend.shared)
  }

  @Test func scopesNest() throws {
    let own = ReferenceBackend()
    try withBackend("reference") {
      try expectCurrent(ReferenceBackend.shared)
      try withBackend(own) {
        try expectCurrent(own)
      }
      try expectCurrent(ReferenceBackend.shared)
    }
  }

  @Test func scopesEndWhereTheirBodyThrows() throws {
    let own = ReferenceBackend()
    try withBackend("reference") {
      #expect(throws: CancellationError.self) { try withBackend(own) { throw CancellationError() } }
      try expectCurrent(ReferenceBackend.shared)
    }
  }

  @Test func scopesCrossAwaitAndChildTasks() async throws {
    let own = ReferenceBackend()
    try await withBackend(own) {
      await Task.yield()
      try expectCurrent(own)
      async let child: Void = expectCurrent(own)
      try await child
      try await withBackend("reference") {
        await Task.yield()
        try expectCurrent(ReferenceBackend.shared)
      }
      try expectCurrent(own)
    }
  }

  @Test func unknownScopesAreRefused() {
    expectError(.unknownDevice) { try withBackend("no such device") { Issue.record("the body ran") } }
  }

  @Test func twoBackendsWorkAtOnce() throws {
    let device = try TestDevice.backend()
    let a = try Tensor([1, 2, 3] as [Float], shape: [3], on: device)
    let b = try Tensor([1, 2, 3] as [Float], shape: [3], on: ReferenceBackend.shared)
    let sum = try device.run(.add(count: 3), a, a)[0]
    let product = try ReferenceBackend.shared.run(.scale(count: 3, factor: 3), b)[0]
    #expect(try sum.floats() == [2, 4, 6])
    #expect(try product.floats() == [3, 6, 9])
  }

  @Test(arguments: [
    ("0-1", "0-1\n", true), ("0", "0\n", true), ("0-127", "0-127\n", true),
    ("1", "0-1\n", false), ("0", "0-1\n", false), ("0-3,8-11", "0-3,8-11\n", false), ("4-7", "4-7\n", false),
    ("", "", false),
  ])
  func threadsArePinnedOnlyToAllProcessors(allowed: String, online: String, expected: Bool) {
    let status = "Name:\tdeltacl\nCpus_allowed:\t3\nCpus_allowed_list:\t\(allowed)\nMems_allowed:\t1\n"
    #expect(Backends.canPinThreads(processStatus: status, onlineProcessors: online) == expected)
    #expect(!Backends.canPinThreads(processStatus: "Name:\tdeltacl\n", onlineProcessors: online))
  }
}
