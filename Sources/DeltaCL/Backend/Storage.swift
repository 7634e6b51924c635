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
}

extension Storage {
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
