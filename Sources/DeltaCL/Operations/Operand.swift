/// A tensor that an operation reads or writes.
public struct Operand: Hashable, Sendable {
  /// What an operation does with an operand.
  public enum Access: Hashable, Sendable {
    /// Reads it.
    case read
    /// Writes all of it.
    case write
    /// Reads the old value and writes a new one in its place.
    case update
  }

  /// The mathematics' name: x, w, b, y, dy and so on.
  public let name: String
  /// Its extents.
  public let shape: Shape
  /// The type of its elements.
  public let elementType: ElementType
  /// What the operation does with it.
  public let access: Access
  /// What `int32` elements must be within, such as the classes of labels; `nil` if all values have a meaning.
  public let range: Range<Int>?

  static func read(
    _ name: String, _ shape: Shape, _ elementType: ElementType = .float32, in range: Range<Int>? = nil
  ) -> Operand {
    Operand(name: name, shape: shape, elementType: elementType, access: .read, range: range)
  }

  static func write(_ name: String, _ shape: Shape, _ elementType: ElementType = .float32) -> Operand {
    Operand(name: name, shape: shape, elementType: elementType, access: .write, range: nil)
  }

  static func update(_ name: String, _ shape: Shape, _ elementType: ElementType = .float32) -> Operand {
    Operand(name: name, shape: shape, elementType: elementType, access: .update, range: nil)
  }
}
