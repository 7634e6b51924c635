public import OpenCL

/// Elements that live on a backend's device.
///
/// Writes are asynchronous and in order with the operations of the same backend; reads wait.
public protocol Storage: AnyObject, Sendable {
  /// The type of the elements.
  var elementType: ElementType { get }
  /// The number of elements; may be 0.
  var count: Int { get }

  /// A part of this storage that shares its memory.
  ///
  /// - Parameters:
  ///   - offset: The first element, a multiple of the backend's ``Backend/storageAlignment``.
  ///   - count: The number of elements.
  /// - Throws: ``DeltaCLError`` if the part does not lie within the storage or is not aligned.
  func slice(offset: Int, count: Int) throws -> any Storage

  /// Copies all elements from `source`, which holds `count` elements of ``elementType`` and is kept alive until the copy is done;
  /// its contents must not change before the backend's ``Backend/finish()`` or a later read has returned.
  func write(_ source: HostMemory) throws

  /// Waits for all that was enqueued before and copies all elements to `destination`.
  ///
  /// - Parameter destination: Exactly `count` elements of ``elementType``.
  /// - Throws: What failed since the last wait, or ``DeltaCLError`` (`mismatch`) for a destination of another size.
  func read(into destination: UnsafeMutableRawBufferPointer) throws

  /// Waits for all that was enqueued before and has `body` read all elements, without a copy if the backend can do that.
  ///
  /// - Throws: What failed since the last wait; what `body` throws.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result

  /// Waits for all that was enqueued before and has `body` read and write all elements, without a copy if the backend can do
  /// that. What is enqueued later sees what it has written.
  ///
  /// - Throws: What failed since the last wait; what `body` throws.
  func withMutableBytes<Result>(_ body: (UnsafeMutableRawBufferPointer) throws -> Result) throws -> Result
}

extension Storage {
  /// Has `body` read a copy of all elements.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    if count == 0 { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    let copy = try HostMemory(byteCount: byteCount)
    try copy.withUnsafeMutableBytes { try read(into: $0) }
    return try copy.withUnsafeBytes { try body($0) }
  }

  /// Has `body` change a copy of all elements, which is written back, also if it throws.
  public func withMutableBytes<Result>(_ body: (UnsafeMutableRawBufferPointer) throws -> Result) throws -> Result {
    if count == 0 { return try body(UnsafeMutableRawBufferPointer(start: nil, count: 0)) }
    let copy = try HostMemory(byteCount: byteCount)
    try copy.withUnsafeMutableBytes { try read(into: $0) }
    let result = Swift.Result { try copy.withUnsafeMutableBytes { try body($0) } }
    try write(copy)
    return try result.get()
  }

  /// The bytes of all elements.
  public var byteCount: Int { count * elementType.byteCount }

  /// Throws if a slice does not lie within the storage.
  func validateSlice(offset: Int, count: Int) throws(DeltaCLError) {
    guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
      throw DeltaCLError(
        .mismatch, "a slice of \(count) elements from element \(offset) does not lie within \(self.count) elements")
    }
  }

  /// Throws if host memory for all elements has another size.
  func validateTransfer(of byteCount: Int) throws(DeltaCLError) {
    guard byteCount == self.byteCount else {
      throw DeltaCLError(
        .mismatch, "a storage of \(count) elements has \(self.byteCount) bytes and the host's memory \(byteCount)")
    }
  }
}
