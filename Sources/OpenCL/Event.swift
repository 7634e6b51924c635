import COpenCL
import Dispatch
import Glibc

/// A command that was enqueued.
public final class Event: Sendable {
  /// The `cl_event`, which lives at least as long as this object.
  public nonisolated(unsafe) let handle: OpaquePointer
  /// The call that enqueued the command.
  let call: String

  /// Takes over the reference that enqueuing returned.
  init(_ handle: OpaquePointer?, call: String) throws {
    self.handle = try created(handle, CL_SUCCESS, call)
    self.call = call
  }

  /// Shares an event of other code, so that commands can wait for it. It is retained.
  ///
  /// - Parameter handle: A valid `cl_event`.
  /// - Throws: `OpenCLError`.
  public convenience init(retaining handle: OpaquePointer) throws {
    try check(clRetainEvent(handle), "clRetainEvent")
    try self.init(handle, call: "a command of other code")
  }

  deinit {
    clReleaseEvent(handle)
  }

  /// How far the command has come.
  ///
  /// - Throws: `OpenCLError` if the driver does not say.
  public func status() throws -> EventStatus {
    let query = InfoQuery(call: "clGetEventInfo") { [self] in clGetEventInfo(handle, $0, $1, $2, $3) }
    return EventStatus(try query.value(CL_EVENT_COMMAND_EXECUTION_STATUS, as: cl_int.self))
  }

  /// Waits until the command has finished.
  ///
  /// - Throws: `OpenCLError`, with the command's own status if it failed.
  public func wait() throws {
    var event: cl_event? = handle
    let status = clWaitForEvents(1, &event)
    if let failure = failure() { throw failure }
    try check(status, "clWaitForEvents")
  }

  /// Waits until every command of `events` has finished; they may be of several queues.
  ///
  /// - Throws: `OpenCLError` of the first command that failed.
  public static func wait(for events: [Event]) throws {
    for event in events {
      try event.wait()
    }
  }

  /// Waits until the command has finished, for `limit` at most.
  ///
  /// - Returns: Whether it has.
  /// - Throws: `OpenCLError`, with the command's own status if it failed.
  public func wait(atMost limit: Duration) throws -> Bool {
    try flush()
    // A longest limit, lest the sum overflow.
    let deadline = ContinuousClock.now + min(limit, .seconds(1_000_000_000))
    var pause: UInt32 = 20
    while true {
      switch try status() {
      case .complete: return true
      case .failed(let status): throw failure(status)
      default: break
      }
      guard ContinuousClock.now < deadline else { return false }
      usleep(pause)
      pause = min(2 * pause, 2_000)
    }
  }

  /// Waits until the command has finished, without blocking a thread. A cancelled task goes on waiting.
  ///
  /// - Throws: `OpenCLError`, with the command's own status if it failed.
  public func finished() async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      do {
        try whenComplete { continuation.resume(with: $0) }
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }

  /// Calls `handler` once on a global queue when the command has finished, or at once if it has.
  ///
  /// - Throws: `OpenCLError` if the driver takes no handlers; then it is not called.
  public func onCompletion(_ handler: @escaping @Sendable (Result<Void, OpenCLError>) -> Void) throws {
    // Drivers call from threads that must not wait for them.
    try whenComplete { result in DispatchQueue.global().async { handler(result) } }
  }

  /// Calls `handler` on a thread of the driver.
  private func whenComplete(_ handler: @escaping @Sendable (Result<Void, OpenCLError>) -> Void) throws {
    try flush()
    let completion = Unmanaged.passRetained(Completion(event: self, handler: handler))
    let status = clSetEventCallback(
      handle, CL_COMPLETE,
      { _, status, pointer in
        if let pointer { Unmanaged<Completion>.fromOpaque(pointer).takeRetainedValue().run(status) }
      }, completion.toOpaque())
    if status != CL_SUCCESS { completion.release() }
    try check(status, "clSetEventCallback")
  }

  /// Submits the command to the device, as nobody may wait for its queue.
  private func flush() throws {
    let query = InfoQuery(call: "clGetEventInfo") { [self] in clGetEventInfo(handle, $0, $1, $2, $3) }
    // Events that the host completes have no queue.
    if let queue = try query.value(CL_EVENT_COMMAND_QUEUE, as: cl_command_queue?.self) {
      try check(clFlush(queue), "clFlush")
    }
  }

  /// When the command passed each stage; its queue must have been made with `profiling`.
  ///
  /// - Throws: `OpenCLError` without profiling, and before the command has finished.
  public func profile() throws -> EventProfile {
    let query = InfoQuery(call: "clGetEventProfilingInfo") { [self] in
      clGetEventProfilingInfo(handle, $0, $1, $2, $3)
    }
    return EventProfile(
      queued: try query.value(CL_PROFILING_COMMAND_QUEUED), submitted: try query.value(CL_PROFILING_COMMAND_SUBMIT),
      started: try query.value(CL_PROFILING_COMMAND_START), ended: try query.value(CL_PROFILING_COMMAND_END))
  }

  /// The error that ended the command, if one did.
  func failure() -> OpenCLError? {
    guard case .failed(let status)? = try? status() else { return nil }
    return failure(status)
  }

  fileprivate func failure(_ status: OpenCLStatus) -> OpenCLError {
    OpenCLError(status: status, call: call, detail: "the command failed while it ran")
  }

  /// Passes events as a driver takes them. Not every driver sees that one is of another context.
  static func withWaitList<Result>(
    _ events: [Event], in context: Context, _ body: (cl_uint, UnsafePointer<cl_event?>?) throws -> Result
  ) throws -> Result {
    if events.isEmpty { return try body(0, nil) }
    defer { withExtendedLifetime(events) {} }
    let handles = try events.map { event in
      let query = InfoQuery(call: "clGetEventInfo") { clGetEventInfo(event.handle, $0, $1, $2, $3) }
      guard try query.value(CL_EVENT_CONTEXT, as: cl_context?.self) == context.handle else {
        throw OpenCLError(
          refused: .invalidContext, call: event.call, detail: "a command cannot wait for an event of another context")
      }
      return Optional(event.handle)
    }
    return try handles.withUnsafeBufferPointer { try body(cl_uint($0.count), $0.baseAddress) }
  }
}

/// What waits for an event, passed to the driver as a pointer.
private final class Completion: Sendable {
  private let event: Event
  private let handler: @Sendable (Result<Void, OpenCLError>) -> Void

  init(event: Event, handler: @escaping @Sendable (Result<Void, OpenCLError>) -> Void) {
    self.event = event
    self.handler = handler
  }

  func run(_ status: cl_int) {
    handler(status < 0 ? .failure(event.failure(OpenCLStatus(status))) : .success(()))
  }
}
