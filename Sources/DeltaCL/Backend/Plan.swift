/// How a backend will run an operation: kernels chosen, programs built, scratch sized.
public protocol Plan: AnyObject, Sendable {
  /// What the plan runs.
  var operation: TensorOperation { get }

  /// The bytes of scratch that a run needs. Runs on one backend may share their scratch.
  var scratchByteCount: Int { get }

  /// How the operation will run, in a few words for a person, such as the names of the kernels.
  var summary: String { get }

  /// Binds the operation to tensors, for one call site.
  ///
  /// - Parameters:
  ///   - operands: In the order of ``TensorOperation/operands``.
  ///   - scratch: At least ``scratchByteCount`` bytes, of any element type; may be `nil` if that is 0.
  ///   - label: The call site's name in errors and profiles, such as `conv1 convolution-delta`.
  /// - Throws: ``DeltaCLError`` if an operand does not fit or belongs to another backend.
  func bind(_ operands: [any Storage], scratch: (any Storage)?, label: String) throws -> any BoundOperation
}
