/// When the commands of one queue ran on the device.
public struct Profile: Sendable {
  /// The entries that a profile keeps; later ones only count in the totals, so that memory stays bounded.
  public static let capacity = 200_000

  /// The queue, for a person: the name of its track in a trace.
  public var queue: String
  /// The first ``capacity`` entries in the order in which they ran.
  public private(set) var entries: [Entry] = []
  /// The number of entries after those.
  public private(set) var omittedCount = 0

  private var totalsByLabel: [String: Total] = [:]
  private var totalsByCommand: [String: Total] = [:]

  /// Creates a profile without entries.
  public init(queue: String) {
    self.queue = queue
  }

  /// By label, the longest first.
  public var totals: [Total] { Profile.longestFirst(totalsByLabel) }

  /// By the name of the command, the longest first. They have times alone: what an operation computes is not divided among
  /// its commands.
  public var commandTotals: [Total] { Profile.longestFirst(totalsByCommand) }

  /// Adds all runs of another profile of the same queue.
  public mutating func append(contentsOf other: Profile) {
    for entry in other.entries where !append(kept: entry) { omittedCount += 1 }
    omittedCount += other.omittedCount
    totalsByLabel.merge(other.totalsByLabel) { $0 + $1 }
    totalsByCommand.merge(other.totalsByCommand) { $0 + $1 }
  }

  /// Adds a run.
  public mutating func append(_ entry: Entry) {
    Profile.add(Total(entry), to: &totalsByLabel)
    for command in entry.commands { Profile.add(Total(command), to: &totalsByCommand) }
    if !append(kept: entry) { omittedCount += 1 }
  }

  private static func add(_ total: Total, to totals: inout [String: Total]) {
    totals[total.label] = totals[total.label].map { $0 + total } ?? total
  }

  private static func longestFirst(_ totals: [String: Total]) -> [Total] {
    totals.values.sorted { ($1.seconds, $0.label) < ($0.seconds, $1.label) }
  }

  private mutating func append(kept entry: Entry) -> Bool {
    guard entries.count < Profile.capacity else { return false }
    entries.append(entry)
    return true
  }
}
