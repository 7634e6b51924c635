import OpenCL

/// An operation on an OpenCL device with its arguments set. It has kernel objects of its own, which are not safe to share.
final class OpenCLBoundOperation: BoundOperation {
  let backend: OpenCLBackend
  private let launches: [BoundLaunch]
  private let work: Work

  init(_ launches: [BoundLaunch], _ work: Work, backend: OpenCLBackend) {
    self.launches = launches
    self.work = work
    self.backend = backend
  }

  func enqueue() throws {
    try backend.enqueue(launches, work)
  }

  /// Enqueues the operation once `events` are complete; the event is that of its last launch.
  func enqueue(after events: [Event]) throws -> Event {
    try backend.enqueue(launches, work, after: events) ?? backend.queue.enqueueMarker(after: events)
  }
}
