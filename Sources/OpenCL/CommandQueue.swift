import COpenCL
import Synchronization

/// An in-order queue of commands to a context's device.
///
/// Commands run one after the other in the order of enqueuing. Calls whose names begin with `enqueue` return at once;
/// `write`, `read` and `finish` wait. Every method may be called from any thread.
public final class CommandQueue: Sendable {
  /// The queue's context.
  public let context: Context
  /// Whether events have profiling times.
  public let isProfiling: Bool

  nonisolated(unsafe) let handle: OpaquePointer
  private let transfers = Mutex(Transfers())

  /// Makes a queue; `profiling` keeps the times of every command for `Event.profile()`.
  ///
  /// - Throws: `OpenCLError`.
  public init(_ context: Context, profiling: Bool = false) throws {
    let properties = profiling ? cl_command_queue_properties(CL_QUEUE_PROFILING_ENABLE) : 0
    var status: cl_int = 0
    let queue = clCreateCommandQueue(context.handle, context.device.handle, properties, &status)
    handle = try created(queue, status, "clCreateCommandQueue", detail: "device \(context.device.name)")
    self.context = context
    isProfiling = profiling
  }

  deinit {
    // Host memory of transfers must outlive them.
    clFinish(handle)
    clReleaseCommandQueue(handle)
  }

  /// Enqueues `kernel` over `globalSize` work-items in work-groups of `localSize`, or of the driver's choice.
  ///
  /// - Throws: `OpenCLError` if a size is not positive, `localSize` does not divide `globalSize` or exceeds the
  ///   kernel's limit, the kernel needs more local memory than there is, or an argument was never set.
  public func enqueue(_ kernel: Kernel, globalSize: WorkSize, localSize: WorkSize? = nil) throws {
    try enqueue(kernel, globalSize, localSize, event: nil)
  }

  /// Enqueues a kernel like `enqueue(_:globalSize:localSize:)` and returns its event.
  ///
  /// - Throws: `OpenCLError`.
  public func enqueueWithEvent(
    _ kernel: Kernel, globalSize: WorkSize, localSize: WorkSize? = nil
  ) throws -> Event {
    var event: cl_event?
    try enqueue(kernel, globalSize, localSize, event: &event)
    return try Event(event, call: "clEnqueueNDRangeKernel")
  }

  /// Enqueues a marker, whose event is complete when every command before it is.
  ///
  /// - Throws: `OpenCLError`.
  public func enqueueMarker() throws -> Event {
    var event: cl_event?
    try check(clEnqueueMarkerWithWaitList(handle, 0, nil, &event), "clEnqueueMarkerWithWaitList")
    return try Event(event, call: "clEnqueueMarkerWithWaitList")
  }

  /// Makes every later command wait for `events`, which may be of other queues of the context.
  ///
  /// - Throws: `OpenCLError`.
  public func enqueueBarrier(after events: [Event]) throws {
    guard !events.isEmpty else { return }
    try withExtendedLifetime(events) {
      let handles: [cl_event?] = events.map(\.handle)
      try check(
        clEnqueueBarrierWithWaitList(handle, cl_uint(handles.count), handles, nil), "clEnqueueBarrierWithWaitList")
    }
  }

  /// Submits every command to the device without waiting.
  ///
  /// - Throws: `OpenCLError`.
  public func flush() throws {
    try check(clFlush(handle), "clFlush")
    releaseFinishedTransfers()
  }

  /// Waits until every command has finished.
  ///
  /// - Throws: `OpenCLError`, also of an earlier transfer that failed while it ran.
  public func finish() throws {
    let status = clFinish(handle)
    releaseFinishedTransfers()
    let failure = transfers.withLock { transfers in
      defer { transfers.failure = nil }
      return transfers.failure
    }
    if let failure { throw failure }
    try check(status, "clFinish")
  }

  /// Keeps `memory` until the transfer has finished.
  func keep(_ memory: HostMemory, until event: Event) {
    releaseFinishedTransfers()
    transfers.withLock { $0.pending.append((event, memory)) }
  }

  /// Host memory that running transfers hold, in bytes.
  var pendingTransferBytes: Int {
    transfers.withLock { $0.pending.reduce(0) { $0 + $1.memory.byteCount } }
  }

  private func releaseFinishedTransfers() {
    transfers.withLock { transfers in
      transfers.pending.removeAll { event, _ in
        switch try? event.status() {
        case .complete:
          return true
        case .failed:
          transfers.failure = transfers.failure ?? event.failure()
          return true
        default:
          return false
        }
      }
    }
  }

  private func enqueue(
    _ kernel: Kernel, _ globalSize: WorkSize, _ localSize: WorkSize?, event: UnsafeMutablePointer<cl_event?>?
  ) throws {
    try validate(kernel, globalSize, localSize)
    let dimensions = cl_uint(globalSize.dimensions)
    let status = globalSize.withUnsafeSizes { global in
      guard let localSize else {
        return clEnqueueNDRangeKernel(handle, kernel.handle, dimensions, nil, global, nil, 0, nil, event)
      }
      return localSize.withUnsafeSizes { local in
        clEnqueueNDRangeKernel(handle, kernel.handle, dimensions, nil, global, local, 0, nil, event)
      }
    }
    try check(status, "clEnqueueNDRangeKernel", detail: describe(kernel, globalSize, localSize))
  }

  /// Checks for what makes some drivers compute wrong or end the process.
  private func validate(_ kernel: Kernel, _ globalSize: WorkSize, _ localSize: WorkSize?) throws(OpenCLError) {
    func failure(_ status: OpenCLStatus, _ reason: String) -> OpenCLError {
      OpenCLError(
        refused: status, call: "clEnqueueNDRangeKernel",
        detail: "\(describe(kernel, globalSize, localSize)): \(reason)")
    }
    guard kernel.program.context === context else {
      throw failure(.invalidContext, "the kernel is of another context")
    }
    guard globalSize.x > 0, globalSize.y > 0, globalSize.z > 0 else {
      throw failure(.invalidGlobalWorkSize, "there must be a work-item along every dimension")
    }
    guard kernel.localMemoryBytes <= context.device.localMemoryBytes else {
      throw failure(
        .outOfResources,
        "it takes \(kernel.localMemoryBytes) bytes of local memory, \(context.device.name) has "
          + "\(context.device.localMemoryBytes)")
    }
    guard let localSize else { return }
    guard localSize.dimensions == globalSize.dimensions else {
      throw failure(.invalidWorkDimension, "both sizes must have as many dimensions")
    }
    guard localSize.x > 0, localSize.y > 0, localSize.z > 0, let count = localSize.count,
      count <= kernel.workGroupInfo.maximumSize
    else {
      throw failure(
        .invalidWorkGroupSize, "a work-group may have 1 to \(kernel.workGroupInfo.maximumSize) work-items")
    }
    guard globalSize.x.isMultiple(of: localSize.x), globalSize.y.isMultiple(of: localSize.y),
      globalSize.z.isMultiple(of: localSize.z)
    else {
      throw failure(.invalidWorkGroupSize, "the work-group must divide the work-items")
    }
  }

  private func describe(_ kernel: Kernel, _ globalSize: WorkSize, _ localSize: WorkSize?) -> String {
    "kernel \(kernel.name) over \(globalSize) work-items" + (localSize.map { " in work-groups of \($0)" } ?? "")
  }
}

/// Running transfers with the host memory they use, and the first that failed since it was last reported.
private struct Transfers {
  var pending: [(event: Event, memory: HostMemory)] = []
  var failure: OpenCLError?
}
