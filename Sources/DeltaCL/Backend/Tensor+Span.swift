/// The elements of a tensor as the host sees them, without a copy if the backend can do that.
///
/// Nothing may use a tensor meanwhile, on whatever thread or queue, and spans that only read may be read alone.
extension Tensor {
  /// Waits for the device and has `body` read the elements of a `float32` tensor.
  ///
  /// - Throws: ``DeltaCLError`` (`mismatch`) for another element type; what failed since the last wait; what `body` throws.
  public func withFloats<Result>(_ body: (Span<Float>) throws -> Result) throws -> Result {
    try require(.float32)
    return try storage.withBytes { try body($0.bindMemory(to: Float.self).span) }
  }

  /// Waits for the device and has `body` read the elements of an `int32` tensor.
  ///
  /// - Throws: ``DeltaCLError`` (`mismatch`) for another element type; what failed since the last wait; what `body` throws.
  public func withInt32s<Result>(_ body: (Span<Int32>) throws -> Result) throws -> Result {
    try require(.int32)
    return try storage.withBytes { try body($0.bindMemory(to: Int32.self).span) }
  }

  /// Waits for the device and has `body` read and write the elements of a `float32` tensor.
  ///
  /// - Throws: ``DeltaCLError`` (`mismatch`) for another element type; what failed since the last wait; what `body` throws.
  public func withMutableFloats<Result>(_ body: (inout MutableSpan<Float>) throws -> Result) throws -> Result {
    try require(.float32)
    return try storage.withMutableBytes { bytes in
      var elements = bytes.bindMemory(to: Float.self).mutableSpan
      return try body(&elements)
    }
  }

  /// Waits for the device and has `body` read and write the elements of an `int32` tensor.
  ///
  /// - Throws: ``DeltaCLError`` (`mismatch`) for another element type; what failed since the last wait; what `body` throws.
  public func withMutableInt32s<Result>(_ body: (inout MutableSpan<Int32>) throws -> Result) throws -> Result {
    try require(.int32)
    return try storage.withMutableBytes { bytes in
      var elements = bytes.bindMemory(to: Int32.self).mutableSpan
      return try body(&elements)
    }
  }
}
