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

  /// The `cl_command_queue`, which lives at least as long as this object.
  public nonisolated(unsafe) let handle: OpaquePointer
  private let transfers = Mutex(Transfers())
  private let isAbandoned = Atomic(false)

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

  /// Shares a queue that other code has made. It is retained, so that either side may let go of it first.
  ///
  /// Commands of both sides run in the order in which they are enqueued.
  ///
  /// - Parameters:
  ///   - handle: A valid `cl_command_queue`.
  ///   - context: The context that it was made in.
  /// - Throws: `OpenCLError` if it is of another context or device, or runs commands out of order.
  public init(retaining handle: OpaquePointer, context: Context) throws {
    let call = "clGetCommandQueueInfo"
    let query = InfoQuery(call: call) { clGetCommandQueueInfo(handle, $0, $1, $2, $3) }
    guard try query.value(CL_QUEUE_CONTEXT, as: cl_context?.self) == context.handle else {
      throw OpenCLError(refused: .invalidContext, call: call, detail: "the queue is of another context")
    }
    guard try query.value(CL_QUEUE_DEVICE, as: cl_device_id?.self) == context.device.handle else {
      throw OpenCLError(
        refused: .invalidCommandQueue, call: call, detail: "the queue is of another device than \(context.device.name)")
    }
    let properties = try query.value(CL_QUEUE_PROPERTIES, as: cl_command_queue_properties.self)
    guard properties & cl_command_queue_properties(CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE) == 0 else {
      throw OpenCLError(
        refused: .invalidQueueProperties, call: call, detail: "the queue runs commands out of order: make one in order")
    }
    try check(clRetainCommandQueue(handle), "clRetainCommandQueue")
    self.handle = handle
    self.context = context
    isProfiling = properties & cl_command_queue_properties(CL_QUEUE_PROFILING_ENABLE) != 0
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
    try enqueue(kernel, globalSize, localSize, after: [], event: nil)
  }

  /// Enqueues a kernel like `enqueue(_:globalSize:localSize:)` and returns its event. It waits for `events`, which may be of other
  /// queues of the context.
  ///
  /// - Throws: `OpenCLError`.
  public func enqueueWithEvent(
    _ kernel: Kernel, globalSize: WorkSize, localSize: WorkSize? = nil, after events: [Event] = []
  ) throws -> Event {
    var event: cl_event?
    try enqueue(kernel, globalSize, localSize, after: events, event: &event)
    return try Event(event, call: "clEnqueueNDRangeKernel")
  }

  /// Enqueues a marker, whose event is complete when every command before it and all `events` are.
  ///
  /// - Throws: `OpenCLError`.
  public func enqueueMarker(after events: [Event] = []) throws -> Event {
    var event: cl_event?
    try Event.withWaitList(events, in: context) { count, list in
      try check(clEnqueueMarkerWithWaitList(handle, count, list, &event), "clEnqueueMarkerWithWaitList")
    }
    return try Event(event, call: "clEnqueueMarkerWithWaitList")
  }

  /// Makes every later command wait for `events`, which may be of other queues of the context.
  ///
  /// - Throws: `OpenCLError`.
  public func enqueueBarrier(after events: [Event]) throws {
    guard !events.isEmpty else { return }
    try Event.withWaitList(events, in: context) { count, list in
      try check(clEnqueueBarrierWithWaitList(handle, count, list, nil), "clEnqueueBarrierWithWaitList")
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

  /// Waits until every command has finished, for `limit` at most.
  ///
  /// - Returns: Whether they have. What has not cannot be stopped: the queue is of no more use if it hangs, and is never
  ///   released, which would wait for it.
  /// - Throws: `OpenCLError` as `finish()`.
  public func finish(within limit: Duration) throws -> Bool {
    guard try enqueueMarker().wait(atMost: limit) else {
      if !isAbandoned.exchange(true, ordering: .acquiringAndReleasing) { _ = Unmanaged.passRetained(self) }
      return false
    }
    try finish()
    return true
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
    _ kernel: Kernel, _ globalSize: WorkSize, _ localSize: WorkSize?, after events: [Event],
    event: UnsafeMutablePointer<cl_event?>?
  ) throws {
    try validate(kernel, globalSize, localSize)
    let dimensions = cl_uint(globalSize.dimensions)
    let status = try Event.withWaitList(events, in: context) { count, list in
      globalSize.withUnsafeSizes { global in
        guard let localSize else {
          return clEnqueueNDRangeKernel(handle, kernel.handle, dimensions, nil, global, nil, count, list, event)
        }
        return localSize.withUnsafeSizes { local in
          clEnqueueNDRangeKernel(handle, kernel.handle, dimensions, nil, global, local, count, list, event)
        }
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
    guard kernel.program.context == context else {
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
