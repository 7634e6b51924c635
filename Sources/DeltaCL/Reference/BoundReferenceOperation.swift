/// An operation bound to storages of the reference backend; it has run when ``enqueue()`` returns.
final class BoundReferenceOperation: BoundOperation {
  private let operation: TensorOperation
  private let storages: [ReferenceStorage]
  private let backend: ReferenceBackend

  init(_ operation: TensorOperation, _ storages: [ReferenceStorage], backend: ReferenceBackend) {
    self.operation = operation
    self.storages = storages
    self.backend = backend
  }

  func enqueue() throws {
    try backend.withQueue {
      try operation.computeReference(floats: storages.map(\.float32s), integers: storages.map(\.int32s))
    }
  }
}
