/// Rows and columns of zeros (for pooling: of cells that do not exist) around an image. An integer literal stands for all sides.
public struct Padding: Hashable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  /// Rows above the image.
  public let top: Int
  /// Columns to its left.
  public let left: Int
  /// Rows below it.
  public let bottom: Int
  /// Columns to its right.
  public let right: Int

  /// Creates a padding of its own width on each side.
  public init(top: Int, left: Int, bottom: Int, right: Int) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  /// Creates a symmetric padding: `rows` above and below, `columns` left and right.
  public init(_ rows: Int, _ columns: Int) {
    self.init(top: rows, left: columns, bottom: rows, right: columns)
  }

  /// Creates a padding of equal width on all sides.
  public init(integerLiteral value: Int) {
    self.init(value, value)
  }

  /// Top, left, bottom and right: `1,1,1,1`.
  public var description: String { "\(top),\(left),\(bottom),\(right)" }
}
