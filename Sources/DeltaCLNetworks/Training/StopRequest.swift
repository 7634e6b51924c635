import Synchronization

/// A wish to end a training run early that any thread may express.
public final class StopRequest: Sendable {
  private let flag = Atomic(false)

  /// Creates a request that nobody has made yet.
  public init() {}

  /// Whether the run is to end after the step that it is in.
  public var isMade: Bool { flag.load(ordering: .acquiring) }

  /// Makes the request; it cannot be taken back.
  public func make() {
    flag.store(true, ordering: .releasing)
  }
}
