import COpenCL
import Synchronization

/// An event that the host completes: commands that wait for it do not start before. Dropping it completes the event.
public final class UserEvent: Sendable {
  /// What commands wait for.
  public let event: Event
  private let isDone = Atomic(false)

  /// Makes an event that is not complete.
  ///
  /// - Throws: `OpenCLError`.
  public init(_ context: Context) throws {
    var status: cl_int = 0
    let handle = clCreateUserEvent(context.handle, &status)
    event = try Event(created(handle, status, "clCreateUserEvent"), call: "clCreateUserEvent")
  }

  deinit {
    // Whoever waits would wait for ever.
    try? complete()
  }

  /// Lets the commands that wait for the event start; does nothing if it was called before.
  ///
  /// - Throws: `OpenCLError`.
  public func complete() throws {
    guard !isDone.exchange(true, ordering: .acquiringAndReleasing) else { return }
    try check(clSetUserEventStatus(event.handle, CL_COMPLETE), "clSetUserEventStatus")
  }
}
