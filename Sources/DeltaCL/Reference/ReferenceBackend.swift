import Synchronization

/// The operations in plain Swift, written straight from the mathematics with sums in `Double`: slow and obviously right.
///
/// It is the oracle of every test, and the fallback if no OpenCL device exists. `float32` tensors are kept as `Double` and
/// are rounded to `Float` only when they are read. Operations run at once, on the thread that enqueues them, one at a time.
public final class ReferenceBackend: Backend {
  /// The instance that device selection hands out.
  public static let shared = ReferenceBackend()

  /// `reference`.
  public let selector = "reference"
  /// 1: slices may begin anywhere.
  public let storageAlignment = 1

  /// Held by whatever touches the contents of a storage; it is what makes the queue in order.
  private let queue = Mutex(())

  /// Creates a backend with a queue and storages of its own.
  public init() {}

  /// The backend's name.
  public var description: String { "reference: plain Swift on the CPU" }

  /// Allocates elements that are NaN, or the least integer, until they are written.
  public func allocate(_ elementType: ElementType, count: Int) throws -> any Storage {
    try allocateReference(elementType, count: count)
  }

  /// Allocates `count` elements and gives them their own type, for access in `Double`.
  ///
  /// - Throws: ``DeltaCLError`` (`outOfMemory`, `tooLarge`).
  public func allocateReference(_ elementType: ElementType, count: Int) throws -> ReferenceStorage {
    try Shape([count]).validate("reference storage")
    return ReferenceStorage(try ReferenceMemory(elementType, count: count), offset: 0, count: count, backend: self)
  }

  /// A plan that runs the operation in plain Swift.
  public func plan(for operation: TensorOperation) throws -> any Plan {
    try operation.validate()
    return ReferencePlan(operation, backend: self)
  }

  /// Returns at once: operations run when they are enqueued.
  public func finish() {}

  /// Runs `body` while nothing else touches a storage of this backend.
  func withQueue<Result>(_ body: () throws -> Result) rethrows -> Result {
    try queue.withLock { _ in try body() }
  }
}
