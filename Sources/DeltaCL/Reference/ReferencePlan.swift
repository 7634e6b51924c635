/// A plan without choices: the reference backend knows one way for each operation and needs no scratch.
final class ReferencePlan: Plan {
  let operation: TensorOperation
  let scratchByteCount = 0
  let summary = "reference"
  private let backend: ReferenceBackend

  init(_ operation: TensorOperation, backend: ReferenceBackend) {
    self.operation = operation
    self.backend = backend
  }

  func bind(_ operands: [any Storage], scratch: (any Storage)?, label: String) throws -> any BoundOperation {
    try operation.validate(operands)
    let storages = try zip(operation.operands, operands).map { operand, storage in
      guard let storage = storage as? ReferenceStorage, storage.backend === backend else {
        throw DeltaCLError(.mismatch, "\(label): \(operand.name) belongs to another backend than \(backend.selector)")
      }
      return storage
    }
    return BoundReferenceOperation(operation, storages, backend: backend)
  }
}
