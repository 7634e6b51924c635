import COpenCL

/// A command that was enqueued.
public final class Event: Sendable {
  nonisolated(unsafe) let handle: OpaquePointer
  /// The call that enqueued the command.
  let call: String

  /// Takes over the reference that enqueuing returned.
  init(_ handle: OpaquePointer?, call: String) throws {
    self.handle = try created(handle, CL_SUCCESS, call)
    self.call = call
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
    return OpenCLError(status: status, call: call, detail: "the command failed while it ran")
  }
}
