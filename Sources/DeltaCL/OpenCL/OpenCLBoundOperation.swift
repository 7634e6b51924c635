/// An operation on an OpenCL device with its arguments set. It has kernel objects of its own, which are not safe to share.
final class OpenCLBoundOperation: BoundOperation {
  private let backend: OpenCLBackend
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
}
