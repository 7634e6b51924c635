/// A number of elements for each scalar type; 0 if the device lacks the type.
public struct VectorWidths: Hashable, Sendable, Codable {
  /// 8-bit integers.
  public let char: Int
  /// 16-bit integers.
  public let short: Int
  /// 32-bit integers.
  public let int: Int
  /// 64-bit integers.
  public let long: Int
  /// 16-bit floating point.
  public let half: Int
  /// 32-bit floating point.
  public let float: Int
  /// 64-bit floating point.
  public let double: Int
}
