/// The kernel launches of an operation and the scratch they share.
struct LaunchList: Sendable {
  private(set) var launches: [Launch] = []
  /// The `float32` elements of each part of the scratch.
  private(set) var scratchCounts: [Int] = []

  /// Appends a launch, unless it has no work.
  mutating func append(_ launch: Launch) {
    if !launch.globalSize.contains(0) { launches.append(launch) }
  }

  /// Reserves scratch that lives for this operation alone.
  mutating func scratch(_ count: Int, for what: String) throws(DeltaCLError) -> Launch.Argument {
    try Shape([count]).validate(what)
    scratchCounts.append(count)
    return .scratch(scratchCounts.count - 1)
  }
}
