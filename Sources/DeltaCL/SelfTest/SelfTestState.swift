/// What is known of a device from a self-test with its driver and the kernels as they are.
public enum SelfTestState: Hashable, Sendable {
  /// There was none.
  case notRun
  /// There was one with another driver or other kernels, or its file is damaged.
  case stale
  /// The device computes right by `count` plans less those with the kernels that are excluded, which is none as a rule.
  case passed(count: Int, excluded: [String])
  /// Something is wrong that cannot be planned around: each in one line.
  case failed([String])

  /// Whether the device computes something wrong.
  public var hasFailed: Bool {
    if case .failed = self { true } else { false }
  }
}

extension SelfTestState: CustomStringConvertible {
  /// One line for a person.
  public var description: String {
    switch self {
    case .notRun: "not run"
    case .stale: "not run with this driver and these kernels"
    case .passed(let count, let excluded) where excluded.isEmpty: "passed, \(count) plans"
    case .passed(let count, let excluded):
      "passed, \(count) plans, those with \(excluded.joined(separator: "; ")) excluded"
    case .failed(let failures): "failed: \(failures.joined(separator: "; "))"
    }
  }
}
