import Foundation
public import OpenCL
import Synchronization

/// A backend that runs DeltaCL's kernels on one OpenCL device, through one in-order queue.
///
/// It may be used from any thread. What one thread enqueues runs in that order, and so does what several threads enqueue if they
/// agree on the order of their calls: a call that has returned comes before one that begins later. The launches of one operation
/// have no other thread's between them. Commands of two backends, or of other code's queues, are ordered by events alone, see
/// <doc:SharingBuffers>.
public final class OpenCLBackend: Backend {
  /// The device that runs the kernels.
  public let device: Device
  /// The text that selects the device, such as `0:0`.
  public let selector: String
  /// The context of all buffers and programs.
  public let context: Context
  /// The queue of all commands, in order. What is enqueued there directly runs in its place among the backend's own commands.
  public let queue: CommandQueue
  /// Where the memory of storages and of shared scratch comes from.
  public let allocator: BufferAllocator
  /// The bytes to which the device wants the offsets of sub-buffers aligned.
  let alignmentBytes: Int

  /// Whether algorithms that round more than the direct sum are turned off.
  public let isExact: Bool
  /// The plans that are taken instead of the defaults.
  public let tuning: Tuning?
  let planner: Planner
  private let isVerbose: Bool
  private let recorder: ProfileRecorder?
  private let programs: ProgramLibrary
  private let state = Mutex(State())
  private let commands = Mutex(CommandLog())

  private struct State {
    var plans: [TensorOperation: OpenCLPlan] = [:]
    // A buffer, because a storage would keep the backend alive for ever.
    var scratch: Buffer?
  }

  /// Opens a device.
  ///
  /// - Parameters:
  ///   - device: The device, as the `OpenCL` module lists it.
  ///   - selector: The text that selects it, such as `0:0`.
  ///   - family: The family of kernels to run; without one, that of the device's class.
  ///   - exact: Whether algorithms that round more than the direct sum, which is Winograd's, are turned off: sums of integers
  ///     are then exact.
  ///   - profiling: Whether to record when each command ran, for ``takeProfile()``. It slows small operations a little.
  ///   - tuning: Plans to take instead of the defaults, such as ``Tuning/current(for:family:)``.
  ///   - selfTest: What to plan around, such as ``SelfTestRecord/current(for:family:)``. A warning on standard error says if that
  ///     is not enough.
  /// - Throws: `OpenCLError`; ``DeltaCLError`` (`unknownDevice`) if the device cannot compile kernels, or not run those
  ///   of `family`, or if its driver reports limits that no device has, (`invalidArgument`) if `DELTACL_VERBOSE` is neither 0 nor 1.
  public convenience init(
    _ device: Device, selector: String, family: KernelFamily? = nil, exact: Bool = false, profiling: Bool = false,
    tuning: Tuning? = nil, selfTest: SelfTestRecord? = nil
  ) throws {
    let planner = try Planner(device, selector: selector, family: family, exact: exact, selfTest: selfTest)
    try self.init(
      device, selector: selector, planner: planner, exact: exact, profiling: profiling, tuning: tuning)
  }

  /// Shares a context, and a queue of it, with other code.
  ///
  /// The context and the queue may be made of other code's handles, see `Context.init(retaining:device:)` and
  /// `CommandQueue.init(retaining:context:)`. They live as long as the backend, whoever lets go of them.
  ///
  /// - Parameters:
  ///   - context: The context, whose device runs the kernels.
  ///   - queue: A queue of it, whose commands are recorded for ``takeProfile()`` if it is profiling; a new one by default.
  ///   - selector: A name of the backend for messages; by default the device's.
  ///   - family: The family of kernels to run; without one, that of the device's class.
  ///   - exact: Whether algorithms that round more than the direct sum are turned off.
  ///   - tuning: Plans to take instead of the defaults.
  ///   - selfTest: What to plan around.
  /// - Throws: `OpenCLError`; ``DeltaCLError`` (`mismatch`) if the queue is of another context, (`unknownDevice`) if the device
  ///   cannot compile kernels, or not run those of `family`.
  public convenience init(
    _ context: Context, queue: CommandQueue? = nil, selector: String? = nil, family: KernelFamily? = nil,
    exact: Bool = false, tuning: Tuning? = nil, selfTest: SelfTestRecord? = nil
  ) throws {
    let device = context.device
    let selector = selector ?? device.name
    guard queue.map({ $0.context == context }) ?? true else {
      throw DeltaCLError(.mismatch, "the queue for a backend on \(selector) is of another context: make it in this one")
    }
    try Self.requireCompiler(device, selector: selector)
    let planner = try Planner(device, selector: selector, family: family, exact: exact, selfTest: selfTest)
    try self.init(
      ProgramLibrary(context), queue: queue ?? CommandQueue(context), selector: selector, planner: planner,
      exact: exact, tuning: tuning)
  }

  /// Opens another queue on the context of a backend, which plans alike and shares its programs.
  ///
  /// Either takes the other's tensors. Nothing but events orders what the two enqueue.
  ///
  /// - Parameters:
  ///   - other: The backend.
  ///   - profiling: Whether to record when each command ran.
  /// - Throws: `OpenCLError`.
  public convenience init(sharing other: OpenCLBackend, profiling: Bool = false) throws {
    try self.init(
      other.programs, queue: CommandQueue(other.context, profiling: profiling), selector: other.selector,
      planner: other.planner, exact: other.isExact, tuning: other.tuning)
  }

  convenience init(
    _ device: Device, selector: String, planner: Planner, exact: Bool = false, profiling: Bool = false,
    tuning: Tuning? = nil
  ) throws {
    try Self.requireCompiler(device, selector: selector)
    let context = try Context(device)
    try self.init(
      ProgramLibrary(context), queue: CommandQueue(context, profiling: profiling), selector: selector, planner: planner,
      exact: exact, tuning: tuning)
  }

  private init(
    _ programs: ProgramLibrary, queue: CommandQueue, selector: String, planner: Planner, exact: Bool, tuning: Tuning?
  ) throws {
    context = programs.context
    device = context.device
    self.programs = programs
    self.queue = queue
    self.selector = selector
    allocator = BufferAllocator(context)
    recorder = queue.isProfiling ? ProfileRecorder(queue: "\(selector) (\(device.name))") : nil
    let limits = DeviceLimits(device)
    var planner = planner
    planner.limit(to: limits)
    self.planner = planner
    isExact = exact
    self.tuning = tuning
    isVerbose = try Switch.verbose.isOn
    alignmentBytes = limits.alignmentBytes
  }

  private static func requireCompiler(_ device: Device, selector: String) throws(DeltaCLError) {
    guard device.isAvailable, device.isCompilerAvailable else {
      throw DeltaCLError(
        .unknownDevice,
        "device \(selector) (\(device.name)) is \(device.isAvailable ? "without a compiler" : "not available"): choose another, `deltacl devices` lists them"
      )
    }
  }

  /// The elements, of whatever type, to which the device wants the offsets of sub-buffers aligned.
  public var storageAlignment: Int {
    ElementType.allCases.map { $0.count(holding: alignmentBytes) }.max() ?? alignmentBytes
  }

  /// The selector and the device's name.
  public var description: String { "\(selector) (\(device.name))" }

  /// The most bytes of device memory that this backend's storages have taken at a time.
  public var peakAllocatedBytes: Int { allocator.statistics.peakBytes }

  /// Allocates device memory of undefined contents.
  public func allocate(_ elementType: ElementType, count: Int) throws -> any Storage {
    try Shape([count]).validate("storage")
    return OpenCLStorage(
      try makeBuffer(byteCount: count * elementType.byteCount), elementType, count: count, backend: self)
  }

  /// Chooses the operation's kernels and builds their programs, once.
  public func plan(for operation: TensorOperation) throws -> any Plan {
    if let plan = state.withLock({ $0.plans[operation] }) { return plan }
    try operation.validate()
    let decision = try planner.decide(operation, tuned: tuning?.entry(for: operation, exact: isExact))
    let plan = try OpenCLPlan(operation, decision.launches, on: self)
    return state.withLock { state in
      // Another thread may have been faster: all share one plan.
      if let first = state.plans[operation] { return first }
      state.plans[operation] = plan
      if isVerbose {
        StandardError.line("\(operation.name) \(operation.shapeText): \(plan.summary) (\(decision.reason))")
      }
      return plan
    }
  }

  /// Plans an operation by choices instead of the defaults; the plan is a new one each time.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) if a choice is out of range or its algorithm cannot do the operation,
  ///   (`tooLarge`) if its scratch is too large for the device.
  public func plan(for operation: TensorOperation, choice: PlanChoice) throws -> any Plan {
    try operation.validate()
    try choice.validate()
    guard operation.hasPlanChoices else {
      throw DeltaCLError(.invalidArgument, "\(operation.name) cannot run as '\(choice)': its plan has no choices")
    }
    return try OpenCLPlan(operation, planner.choosing(choice).decide(operation).launches, on: self)
  }

  /// Choices for an operation that are worth a measurement, the most promising ones first; none of them is the default plan.
  public func planCandidates(for operation: TensorOperation) -> [PlanChoice] {
    planner.candidates(for: operation)
  }

  /// Scratch that grows as eager calls need it.
  public func sharedScratch(byteCount: Int) throws -> any Storage {
    try Shape([ElementType.float32.count(holding: byteCount)]).validate("scratch")
    let buffer = try state.withLock { state in
      if let scratch = state.scratch, scratch.byteCount >= byteCount { return scratch }
      state.scratch = nil
      let scratch = try makeBuffer(
        byteCount: OpenCLBackend.roomyScratch(for: byteCount, limit: device.maximumAllocationBytes))
      state.scratch = scratch
      return scratch
    }
    return OpenCLStorage(
      buffer, .float32, count: buffer.byteCount / ElementType.float32.byteCount, backend: self)
  }

  /// A power of two, so that calls of growing sizes do not allocate each time, if the device allows it.
  private static func roomyScratch(for byteCount: Int, limit: Int) -> Int {
    var size = 1 << 20
    while size < byteCount { size *= 2 }
    return size <= limit / 4 ? size : byteCount
  }

  /// Waits for the queue.
  public func finish() throws {
    try surfacing { try queue.finish() }
  }

  /// Waits for the queue and hands out what ran since the last call; empty unless the backend was opened for profiling.
  ///
  /// - Throws: What failed since the last wait.
  public func takeProfile() throws -> Profile {
    try finish()
    return recorder?.take() ?? Profile(queue: description)
  }

  private func makeBuffer(byteCount: Int) throws -> Buffer {
    do {
      // OpenCL has no empty buffers.
      return try allocator.allocate(byteCount: max(byteCount, 1))
    } catch let error as OpenCLError where error.isOutOfMemory {
      let limit = min(allocator.limit, device.globalMemoryBytes)
      throw DeltaCLError(
        .outOfMemory,
        "\(description) has no room for a buffer of \(byteCount) bytes (\(error.status)): its largest buffer is "
          + "\(device.maximumAllocationBytes) bytes, and \(context.allocatedBytes) of \(limit) bytes are taken; use a smaller "
          + "batch")
    }
  }

  /// The program for `key`, built once.
  func program(_ key: ProgramKey) throws -> Program {
    try programs.program(key)
  }

  /// The work-group size for a kernel that takes any, of `count` work-items along the first axis.
  func localSize(for kernel: Kernel, covering count: Int) -> WorkSize {
    // Some drivers do not know what a kernel allows.
    WorkSize(max(1, min(planner.workGroupSize(covering: count), kernel.workGroupInfo.maximumSize)), 1, 1)
  }

  /// Enqueues the launches of one operation without another thread's between them: they may share scratch.
  ///
  /// - Parameter events: What the first launch waits for.
  /// - Returns: The event of the last launch; `nil` if there is none.
  @discardableResult
  func enqueue(_ launches: [BoundLaunch], _ work: Work, after events: [Event] = []) throws -> Event? {
    try commands.withLock { log in
      do {
        var awaited = events
        let events = try launches.map { launch in
          let event = try queue.enqueueWithEvent(
            launch.kernel, globalSize: launch.globalSize, localSize: launch.localSize, after: awaited)
          awaited = []
          log.append(event, work.label)
          return (name: launch.kernel.name, event: event)
        }
        recorder?.append(work, events)
        return events.last?.event
      } catch let error as OpenCLError {
        throw DeltaCLError(
          error.isOutOfMemory ? .outOfMemory : .deviceFailure, "\(work.label) on \(description): \(error)")
      }
    }
  }

  /// Enqueues a write of the first `byteCount` bytes of `source`.
  func enqueueWrite(_ source: HostMemory, byteCount: Int, to buffer: Buffer) throws {
    try surfacing {
      let event = try queue.enqueueWrite(source, range: 0..<byteCount, to: buffer)
      commands.withLock { $0.append(event, "a write of \(byteCount) bytes") }
      recorder?.append(
        Work(label: "write", floatingPointOperations: 0, byteCount: byteCount), [("write", event)])
    }
  }

  /// Runs something that waits, and throws what failed on the device meanwhile with the name of its operation.
  func surfacing<Result>(_ wait: () throws -> Result) throws -> Result {
    do {
      let result = try wait()
      try surface()
      return result
    } catch let error as OpenCLError {
      throw named(error)
    }
  }

  /// Throws what has failed on the device, with the name of its operation.
  func surface() throws(DeltaCLError) {
    recorder?.collect()
    if let failure = commands.withLock({ $0.drain() }) {
      throw DeltaCLError(
        failure.status.isOutOfMemory ? .outOfMemory : .deviceFailure,
        "\(failure.label) on \(description) failed with \(failure.status): "
          + (failure.status.isOutOfMemory ? "try a smaller batch" : "check the driver"))
    }
  }

  /// The operation of the first command that has not finished.
  var oldestCommand: String? { commands.withLock { $0.oldest() } }

  /// The error of something that waited, with the name of the operation that failed.
  func named(_ error: OpenCLError) -> DeltaCLError {
    let failure = commands.withLock { $0.drain() }
    return DeltaCLError(
      error.isOutOfMemory ? .outOfMemory : .deviceFailure,
      "\(failure.map { "\($0.label) on " } ?? "")\(description): \(error)")
  }
}
