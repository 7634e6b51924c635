/// Where operations run: an OpenCL device, the reference implementation, or a third party's.
///
/// A backend has one in-order queue. Enqueueing returns at once, reading waits; a failure that surfaces later is thrown by the
/// call that waits and names the operation.
public protocol Backend: AnyObject, Sendable, CustomStringConvertible {
  /// The text that selects this backend, as `deltacl devices` prints it: `0:0` or `reference`.
  var selector: String { get }

  /// The elements, of whatever type, to which the offset of a ``Storage/slice(offset:count:)`` must be aligned.
  var storageAlignment: Int { get }

  /// Allocates `count` elements, whose contents are undefined.
  ///
  /// - Throws: ``DeltaCLError`` (`outOfMemory`, `tooLarge`).
  func allocate(_ elementType: ElementType, count: Int) throws -> any Storage

  /// Makes the plan for an operation, or finds the one made before.
  func plan(for operation: TensorOperation) throws -> any Plan

  /// Scratch of at least `byteCount` bytes that eager calls share; newly allocated unless a backend does better.
  func sharedScratch(byteCount: Int) throws -> any Storage

  /// Waits until all that was enqueued has finished.
  ///
  /// - Throws: What failed since the last wait.
  func finish() throws
}

extension Backend {
  /// Scratch of at least `byteCount` bytes, newly allocated.
  public func sharedScratch(byteCount: Int) throws -> any Storage {
    try allocate(.float32, count: ElementType.float32.count(holding: byteCount))
  }

  /// The shared scratch that a plan needs; `nil` if it needs none.
  public func sharedScratch(for plan: any Plan) throws -> (any Storage)? {
    plan.scratchByteCount > 0 ? try sharedScratch(byteCount: plan.scratchByteCount) : nil
  }

  /// Runs an operation at once on new output tensors.
  ///
  /// - Parameters:
  ///   - operation: What to run.
  ///   - inputs: The tensors that the operation reads or updates, in the order of ``TensorOperation/operands``.
  /// - Returns: The tensors it writes.
  public func run(_ operation: TensorOperation, _ inputs: Tensor...) throws -> [Tensor] {
    try run(operation, inputs)
  }

  /// Runs an operation at once on new output tensors.
  ///
  /// - Parameters:
  ///   - operation: What to run.
  ///   - inputs: The tensors that the operation reads or updates, in the order of ``TensorOperation/operands``.
  /// - Returns: The tensors it writes.
  public func run(_ operation: TensorOperation, _ inputs: [Tensor]) throws -> [Tensor] {
    var remaining = inputs[...]
    var outputs: [Tensor] = []
    let tensors = try operation.operands.map { operand in
      if operand.access == .write {
        let output = try Tensor(uninitialized: operand.shape, operand.elementType, on: self)
        outputs.append(output)
        return output
      }
      guard let input = remaining.popFirst() else {
        throw DeltaCLError(.mismatch, "\(operation.name): the tensor \(operand.name) is missing")
      }
      guard input.shape.elementCount == operand.shape.elementCount else {
        throw DeltaCLError(
          .mismatch, "\(operation.name): \(operand.name) must have the shape \(operand.shape), not \(input.shape)")
      }
      return input
    }
    guard remaining.isEmpty else {
      throw DeltaCLError(.mismatch, "\(operation.name): \(remaining.count) tensors too many")
    }
    let plan = try plan(for: operation)
    try plan.bind(tensors.map(\.storage), scratch: sharedScratch(for: plan), label: operation.name).enqueue()
    return outputs
  }
}
