import DeltaCL

/// What `deltacl selftest` prints with `--json` and writes with `--report`: what a developer needs to know of a device and its driver, and
/// nothing of the person who runs it.
struct SelfTestReport: Encodable, Sendable {
  /// The state of a device.
  struct Summary: Encodable, Sendable {
    /// `not-run`, `stale`, `passed` or `failed`.
    let state: String
    /// What computes wrong and cannot be planned around.
    let failures: [String]
    /// The kernels that planning leaves out.
    let excluded: [String]
    /// The state in one line.
    let text: String

    init(_ state: SelfTestState) {
      text = PersonalData.removed(from: "\(state)")
      switch state {
      case .notRun: (self.state, failures, excluded) = ("not-run", [], [])
      case .stale: (self.state, failures, excluded) = ("stale", [], [])
      case .passed(_, let excluded): (self.state, failures, self.excluded) = ("passed", [], excluded)
      case .failed(let failures):
        (self.state, self.failures, excluded) = ("failed", failures.map(PersonalData.removed(from:)), [])
      }
    }
  }

  /// A plan and how it did.
  struct Entry: Encodable, Sendable {
    let operation: String
    let shape: String
    /// The algorithm and its parameters; `nil` for operations with one plan.
    let plan: String?
    let kernels: [String]
    /// `passed`, `failed`, `refused` or `hung`.
    let outcome: String
    /// What is wrong; `nil` where nothing is.
    let reason: String?
    let seconds: Double

    init(_ result: SelfTest.Result) {
      operation = result.variant.operation
      shape = result.variant.shape
      plan = result.variant.choice.map { "\($0)" }
      kernels = result.variant.kernelNames
      outcome = result.outcome.name
      reason = result.outcome == .passed ? nil : PersonalData.removed(from: "\(result.outcome)")
      seconds = result.seconds
    }
  }

  /// The version of the command.
  let version: String
  /// A hash of all kernel sources.
  let kernels: String
  let device: DeviceReport
  /// The plans that there are to run, which is more than the results where one has not ended.
  let count: Int
  let seconds: Double
  let results: [Entry]

  init(_ test: SelfTest, _ record: SelfTestRecord, _ results: [SelfTest.Result], on candidate: BackendCandidate) {
    version = Command.configuration.version
    kernels = test.subject.kernels
    device = DeviceReport(
      candidate, isDefault: false, family: KernelFamily(rawValue: test.subject.family), selfTest: record.state)
    count = test.variants.count
    seconds = results.reduce(0) { $0 + $1.seconds }
    self.results = results.map(Entry.init)
  }
}
