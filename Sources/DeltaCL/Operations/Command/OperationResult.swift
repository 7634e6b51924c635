/// A tensor that `deltacl op` writes, under the name that it has in the file.
package struct OperationResult: Sendable, ExpressibleByStringLiteral {
  /// The name in the file.
  package let name: String
  /// The tensor whose shape it has instead of the operand's; `nil` for the operand's.
  package let model: String?
  /// Whether it is a number, which has no dimensions.
  package let isScalar: Bool
  private let remark: String?

  init(_ name: String, like model: String? = nil, isScalar: Bool = false, _ remark: String? = nil) {
    self.name = name
    self.model = model
    self.isScalar = isScalar
    self.remark = remark
  }

  /// A result of the operand's shape.
  package init(stringLiteral name: String) {
    self.init(name)
  }

  /// Such as `argmax (row * W + column)`.
  package var usage: String { name + (remark.map { " (\($0))" } ?? "") }
}
