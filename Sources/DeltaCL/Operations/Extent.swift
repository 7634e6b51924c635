/// A pair of values for the two axes of an image: rows, then columns. An integer literal stands for both.
public struct Extent: Hashable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  /// The value along the vertical axis.
  public let rows: Int
  /// The value along the horizontal axis.
  public let columns: Int

  /// Creates a pair.
  public init(_ rows: Int, _ columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  /// Creates a pair of equal values.
  public init(integerLiteral value: Int) {
    self.init(value, value)
  }

  /// Rows times columns.
  var area: Int { rows * columns }

  /// Such as `2x1`.
  public var description: String { "\(rows)x\(columns)" }
}
