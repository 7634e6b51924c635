import OpenCL

/// The commands that were enqueued since the last wait, so that a failure can be named.
struct CommandLog {
  private var pending: [(event: Event, label: String)] = []
  private var failure: (label: String, status: OpenCLStatus)?
  private var sweepCount = initialSweepCount

  /// How many events are kept before finished ones are removed.
  private static let initialSweepCount = 512

  mutating func append(_ event: Event, _ label: String) {
    pending.append((event, label))
    if pending.count >= sweepCount {
      sweep()
      // The queue may be far behind: checking all events at each command would take quadratic time.
      sweepCount = max(2 * pending.count, Self.initialSweepCount)
    }
  }

  /// The first command that failed since the last call. Commands that still run are kept.
  mutating func drain() -> (label: String, status: OpenCLStatus)? {
    sweep()
    defer { failure = nil }
    return failure
  }

  /// The label of the first command that has not finished.
  mutating func oldest() -> String? {
    sweep()
    return pending.first?.label
  }

  private mutating func sweep() {
    pending.removeAll { event, label in
      switch try? event.status() {
      case .complete: return true
      case .failed(let status):
        failure = failure ?? (label, status)
        return true
      default: return false
      }
    }
  }
}
