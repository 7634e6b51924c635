/// What a call site computes: its name in errors and profiles, and the work that the mathematics asks for.
public struct Work: Hashable, Sendable {
  /// The layer and the operation, such as `conv1 convolution-delta`.
  public let label: String
  /// Multiplications and additions; 0 for what memory alone bounds.
  public let floatingPointOperations: Int
  /// The bytes that must move at least.
  public let byteCount: Int

  /// Creates a description.
  public init(label: String, floatingPointOperations: Int, byteCount: Int) {
    self.label = label
    self.floatingPointOperations = floatingPointOperations
    self.byteCount = byteCount
  }

  init(_ operation: TensorOperation, label: String) {
    self.init(
      label: label, floatingPointOperations: operation.floatingPointOperations, byteCount: operation.byteCount)
  }
}
