public import OpenCL

/// Elements of the reference backend: `float32` ones are kept as `Double`, which ``doubles()`` and ``setDoubles(_:)`` reach
/// without rounding.
public final class ReferenceStorage: Storage {
  /// The number of elements.
  public let count: Int
  let backend: ReferenceBackend
  private let memory: ReferenceMemory
  private let offset: Int

  init(_ memory: ReferenceMemory, offset: Int, count: Int, backend: ReferenceBackend) {
    self.memory = memory
    self.offset = offset
    self.count = count
    self.backend = backend
  }

  /// The type of the elements as operations see them.
  public var elementType: ElementType { memory.elementType }

  /// A part that shares this storage's memory.
  public func slice(offset: Int, count: Int) throws -> any Storage {
    try validateSlice(offset: offset, count: count)
    return ReferenceStorage(memory, offset: self.offset + offset, count: count, backend: backend)
  }

  /// Copies all elements from host memory.
  public func write(_ source: HostMemory) throws {
    try validateTransfer(of: source.byteCount)
    if count == 0 { return }
    backend.withQueue {
      source.withUnsafeBytes { bytes in
        switch elementType {
        case .float32:
          for (index, value) in bytes.bindMemory(to: Float.self).enumerated() { float32s[index] = Double(value) }
        case .int32:
          for (index, value) in bytes.bindMemory(to: Int32.self).enumerated() { int32s[index] = value }
        }
      }
    }
  }

  /// Copies all elements to host memory.
  public func read(into destination: UnsafeMutableRawBufferPointer) throws {
    try validateTransfer(of: destination.count)
    backend.withQueue {
      switch elementType {
      case .float32:
        for index in 0..<count {
          destination.storeBytes(of: Float(float32s[index]), toByteOffset: 4 * index, as: Float.self)
        }
      case .int32:
        for index in 0..<count {
          destination.storeBytes(of: int32s[index], toByteOffset: 4 * index, as: Int32.self)
        }
      }
    }
  }

  /// All elements of a `float32` storage, not rounded to `Float`.
  ///
  /// - Throws: ``DeltaCLError`` (`mismatch`) for another element type.
  public func doubles() throws -> [Double] {
    try requireFloat32()
    return backend.withQueue { Array(float32s) }
  }

  /// Replaces all elements of a `float32` storage, without rounding to `Float`.
  ///
  /// - Throws: ``DeltaCLError`` (`mismatch`) for another element type or number of values.
  public func setDoubles(_ values: [Double]) throws {
    try requireFloat32()
    guard values.count == count else {
      throw DeltaCLError(.mismatch, "a storage of \(count) elements takes \(count) values, not \(values.count)")
    }
    backend.withQueue {
      for (index, value) in values.enumerated() { float32s[index] = value }
    }
  }

  /// The elements of a `float32` storage, none for another; only to be touched within the backend's queue.
  var float32s: UnsafeMutableBufferPointer<Double> {
    guard case .float32(let elements) = memory.elements else { return UnsafeMutableBufferPointer(start: nil, count: 0) }
    return UnsafeMutableBufferPointer(rebasing: elements[offset..<offset + count])
  }

  /// The elements of an `int32` storage, none for another; only to be touched within the backend's queue.
  var int32s: UnsafeMutableBufferPointer<Int32> {
    guard case .int32(let elements) = memory.elements else { return UnsafeMutableBufferPointer(start: nil, count: 0) }
    return UnsafeMutableBufferPointer(rebasing: elements[offset..<offset + count])
  }

  private func requireFloat32() throws(DeltaCLError) {
    guard elementType == .float32 else {
      throw DeltaCLError(.mismatch, "the storage has \(elementType) elements, not float32")
    }
  }
}
