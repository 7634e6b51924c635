/// What a self-test of one device and driver has found, and what follows from it.
///
/// A backend that is opened with a record plans around the kernels that computed wrong.
public struct SelfTestRecord: Hashable, Sendable {
  /// What the results are valid for.
  public let subject: TuningSubject
  /// The plans that were run.
  public let count: Int
  /// What planning leaves out.
  let exclusions: [KernelExclusion]
  /// What is wrong and cannot be planned around, each in one line. Empty where the device can be used.
  public let failures: [String]

  init(subject: TuningSubject, count: Int, exclusions: [KernelExclusion], failures: [String]) {
    self.subject = subject
    self.count = count
    self.exclusions = exclusions
    // Records are read by every command: a compiler's log has its place in the report.
    self.failures = failures.map { String($0.prefix { !$0.isNewline }.prefix(500)) }
  }

  /// The kernels that planning leaves out, such as `convolution_correlate NV=2 TILE=6 V=16`.
  public var excludedKernels: [String] { exclusions.map(\.description) }

  /// The state that it leaves the device in.
  public var state: SelfTestState {
    failures.isEmpty ? .passed(count: count, excluded: excludedKernels) : .failed(failures)
  }
}

extension SelfTestRecord {
  /// The version of the file's form, of what is tested, and of how exclusions are read.
  private static let version = 2

  private struct Findings: Codable {
    let count: Int
    let exclusions: [KernelExclusion]
    let failures: [String]
  }

  /// Reads what ``json()`` has written.
  ///
  /// - Parameters:
  ///   - json: The text.
  ///   - subject: What the results must be valid for.
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) where the text is damaged or valid for something else.
  public init(json: [UInt8], for subject: TuningSubject) throws(DeltaCLError) {
    let found = try SubjectFile<Findings>(json: json, version: Self.version, subject: subject).findings
    self.init(subject: subject, count: found.count, exclusions: found.exclusions, failures: found.failures)
  }

  /// The record as indented JSON.
  public func json() throws -> String {
    let findings = Findings(count: count, exclusions: exclusions, failures: failures)
    return try SubjectFile(version: Self.version, subject: subject, findings: findings).json()
  }
}
