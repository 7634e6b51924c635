/// The type of a tensor's elements as an operation sees them.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
  case float32
  case int32

  /// Bytes an element takes in host memory and on a device.
  public var byteCount: Int { 4 }

  /// The fewest elements that hold `byteCount` bytes.
  public func count(holding byteCount: Int) -> Int { ceilingDivision(byteCount, self.byteCount) }
}
