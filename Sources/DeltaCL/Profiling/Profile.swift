/// When the commands of one queue ran on the device.
public struct Profile: Sendable {
  /// The entries that a profile keeps; later ones only count in the totals, so that memory stays bounded.
  public static let capacity = 200_000

  /// The queue, for a person.
  public let queue: String
  /// The first ``capacity`` entries in the order in which they ran.
  public private(set) var entries: [Entry] = []
  /// The number of entries after those.
  public private(set) var omittedCount = 0

  private var totalsByLabel: [String: Total] = [:]

  /// Creates a profile without entries.
  public init(queue: String) {
    self.queue = queue
  }

  /// By label, the longest first.
  public var totals: [Total] {
    totalsByLabel.values.sorted { ($1.seconds, $0.label) < ($0.seconds, $1.label) }
  }

  /// Adds all runs of another profile of the same queue.
  public mutating func append(contentsOf other: Profile) {
    for entry in other.entries where !append(kept: entry) { omittedCount += 1 }
    omittedCount += other.omittedCount
    totalsByLabel.merge(other.totalsByLabel) { $0 + $1 }
  }

  /// Adds a run.
  public mutating func append(_ entry: Entry) {
    let total = Total(entry)
    totalsByLabel[total.label] = totalsByLabel[total.label].map { $0 + total } ?? total
    if !append(kept: entry) { omittedCount += 1 }
  }

  private mutating func append(kept entry: Entry) -> Bool {
    guard entries.count < Profile.capacity else { return false }
    entries.append(entry)
    return true
  }
}
