extension Profile {
  /// The sum over the runs of all call sites of one label, or of all commands of one name.
  public struct Total: Hashable, Sendable {
    /// The layer and the operation, or the command.
    public let label: String
    /// The number of runs.
    public let calls: Int
    /// How long the commands ran.
    public let seconds: Double
    /// Multiplications and additions.
    public let floatingPointOperations: Int
    /// The bytes that had to move at least.
    public let byteCount: Int

    /// 10⁹ floating-point operations a second.
    public var gflops: Double { Double(floatingPointOperations) / max(seconds, 1e-9) * 1e-9 }
    /// 10⁹ bytes a second.
    public var gigabytesPerSecond: Double { Double(byteCount) / max(seconds, 1e-9) * 1e-9 }

    init(_ entry: Entry) {
      self.init(
        label: entry.work.label, calls: 1, seconds: entry.seconds,
        floatingPointOperations: entry.work.floatingPointOperations, byteCount: entry.work.byteCount)
    }

    init(_ command: Command) {
      self.init(label: command.name, calls: 1, seconds: command.seconds, floatingPointOperations: 0, byteCount: 0)
    }

    private init(label: String, calls: Int, seconds: Double, floatingPointOperations: Int, byteCount: Int) {
      self.label = label
      self.calls = calls
      self.seconds = seconds
      self.floatingPointOperations = floatingPointOperations
      self.byteCount = byteCount
    }

    /// The sum of two totals, under the first one's label.
    static func + (first: Total, second: Total) -> Total {
      Total(
        label: first.label, calls: first.calls + second.calls, seconds: first.seconds + second.seconds,
        floatingPointOperations: first.floatingPointOperations + second.floatingPointOperations,
        byteCount: first.byteCount + second.byteCount)
    }
  }
}
