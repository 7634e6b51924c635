/// A tensor that a ``CustomOperation`` works on, its shape given by named axes.
public struct CustomOperand: Hashable, Sendable {
  /// Its name: x, w, y, dy and so on.
  public let name: String
  /// The names of its axes, outermost first; axes of one name have one extent. None for a single element.
  public let axes: [String]
  /// The type of its elements.
  public let elementType: ElementType
  /// What the operation does with it.
  public let access: Operand.Access
  /// What `int32` elements must be within; `nil` if all values have a meaning.
  public let range: Range<Int>?

  /// An operand that is read.
  public static func read(
    _ name: String, _ axes: [String], _ elementType: ElementType = .float32, in range: Range<Int>? = nil
  ) -> CustomOperand {
    CustomOperand(name: name, axes: axes, elementType: elementType, access: .read, range: range)
  }

  /// An operand whose old value is read and replaced.
  public static func update(
    _ name: String, _ axes: [String], _ elementType: ElementType = .float32
  ) -> CustomOperand {
    CustomOperand(name: name, axes: axes, elementType: elementType, access: .update, range: nil)
  }

  /// An operand all of which is written.
  public static func write(
    _ name: String, _ axes: [String], _ elementType: ElementType = .float32
  ) -> CustomOperand {
    CustomOperand(name: name, axes: axes, elementType: elementType, access: .write, range: nil)
  }
}
