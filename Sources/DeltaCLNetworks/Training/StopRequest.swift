import Synchronization

/// A request to end a training run early, which any thread may make.
public final class StopRequest: Sendable {
  private let flag = Atomic(false)

  /// Creates a request that is not made yet.
  public init() {}

  /// Whether the run is to end after the step that it is in.
  public var isMade: Bool { flag.load(ordering: .acquiring) }

  /// Makes the request; it cannot be taken back.
  public func make() {
    flag.store(true, ordering: .releasing)
  }
}
