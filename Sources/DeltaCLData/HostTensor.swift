import DeltaCLSystem

/// A dense array as files hold it: element type, shape and the elements' bytes, little-endian in row-major order.
public struct HostTensor: Hashable, Sendable {
  /// The type of the elements.
  public let dtype: DType
  /// The sizes, outermost first; empty for a scalar.
  public let shape: [Int]
  /// The elements.
  public let bytes: [UInt8]

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }

  /// Creates a tensor from raw bytes.
  ///
  /// - Throws: `DataError` `mismatch` when the bytes are not as many as type and shape ask for.
  public init(dtype: DType, shape: [Int], bytes: [UInt8]) throws(DataError) {
    guard dtype.byteCount(shape: shape) == bytes.count else {
      throw DataError(
        .mismatch, "tensor",
        "\(bytes.count) bytes do not make a \(dtype.rawValue) tensor of shape [\(Excerpt.list(shape))]")
    }
    self.dtype = dtype
    self.shape = shape
    self.bytes = bytes
  }

  /// Creates an F32 tensor.
  ///
  /// - Throws: `DataError` `mismatch` when `shape` asks for another number of values.
  public init(floats: [Float], shape: [Int]) throws(DataError) {
    try self.init(dtype: .f32, shape: shape, bytes: littleEndianBytes(floats) { $0.bitPattern })
  }

  /// Creates an I32 tensor.
  ///
  /// - Throws: `DataError` `mismatch` when `shape` asks for another number of values.
  public init(int32s: [Int32], shape: [Int]) throws(DataError) {
    try self.init(dtype: .i32, shape: shape, bytes: littleEndianBytes(int32s) { $0 })
  }

  /// Creates an I64 scalar, such as a counter.
  public init(int64 value: Int64) throws(DataError) {
    try self.init(dtype: .i64, shape: [], bytes: littleEndianBytes([value]) { $0 })
  }

  /// Creates an I64 tensor.
  ///
  /// - Throws: `DataError` `mismatch` when `shape` asks for another number of values.
  public init(int64s: [Int64], shape: [Int]) throws(DataError) {
    try self.init(dtype: .i64, shape: shape, bytes: littleEndianBytes(int64s) { $0 })
  }

  /// The elements of an F32, F64, F16 or BF16 tensor as 32-bit floats, F64 rounded to nearest.
  ///
  /// - Parameter name: the tensor's name for the error.
  /// - Throws: `DataError`: `unsupported` for other types, `outOfRange` for a finite value too large.
  public func floats(name: String = "tensor") throws(DataError) -> [Float] {
    switch dtype {
    case .f32:
      return elements(as: UInt32.self) { Float(bitPattern: $0) }
    case .f16:
      return elements(as: UInt16.self) { Float(Float16(bitPattern: $0)) }
    case .bf16:
      return elements(as: UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
    case .f64:
      let doubles = elements(as: UInt64.self) { Double(bitPattern: $0) }
      if let index = doubles.firstIndex(where: { $0.isFinite && !Float($0).isFinite }) {
        throw DataError(.outOfRange, name, "the value \(doubles[index]) at \(index) does not fit a 32-bit float")
      }
      return doubles.map { Float($0) }
    default:
      throw DataError(
        .unsupported, name, "has type \(dtype.rawValue) where floats are needed; convert it to F32")
    }
  }

  /// The elements of a tensor of integers or truth values as 32-bit integers.
  ///
  /// - Parameter name: the tensor's name for the error.
  /// - Throws: `DataError`: `unsupported` for other types, `outOfRange` for a value that does not fit.
  public func int32s(name: String = "tensor") throws(DataError) -> [Int32] {
    switch dtype {
    case .i32:
      return elements(as: UInt32.self) { Int32(bitPattern: $0) }
    case .u8, .bool:
      return bytes.map(Int32.init)
    case .i8:
      return bytes.map { Int32(Int8(bitPattern: $0)) }
    case .u16:
      return elements(as: UInt16.self) { Int32($0) }
    case .i16:
      return elements(as: UInt16.self) { Int32(Int16(bitPattern: $0)) }
    case .u32:
      return try Self.narrowed(elements(as: UInt32.self) { $0 }, name: name)
    case .u64:
      return try Self.narrowed(elements(as: UInt64.self) { $0 }, name: name)
    case .i64:
      return try Self.narrowed(elements(as: UInt64.self) { Int64(bitPattern: $0) }, name: name)
    default:
      throw DataError(
        .unsupported, name, "has type \(dtype.rawValue) where integers are needed; convert it to I32")
    }
  }

  /// The error of memory that is not as large as a tensor.
  static func misfit(_ name: String, byteCount: Int, room: Int, path: String) -> DataError {
    DataError(.mismatch, path, "tensor \(Excerpt.quoted(name)) has \(byteCount) bytes, and there is room for \(room)")
  }

  private static func narrowed(_ wide: [some FixedWidthInteger], name: String) throws(DataError) -> [Int32] {
    if let index = wide.firstIndex(where: { Int32(exactly: $0) == nil }) {
      throw DataError(.outOfRange, name, "the value \(wide[index]) at \(index) does not fit a 32-bit integer")
    }
    return wide.map { Int32(truncatingIfNeeded: $0) }
  }

  private func elements<Bits: FixedWidthInteger, Element>(
    as: Bits.Type, _ element: (Bits) -> Element
  ) -> [Element] {
    bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / MemoryLayout<Bits>.size).map { index in
        let bits = bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Bits>.size, as: Bits.self)
        return element(Bits(littleEndian: bits))
      }
    }
  }
}

private func littleEndianBytes<Element, Bits: FixedWidthInteger>(
  _ elements: [Element], _ bits: (Element) -> Bits
) -> [UInt8] {
  let size = MemoryLayout<Bits>.size
  return [UInt8](unsafeUninitializedCapacity: elements.count * size) { buffer, count in
    let raw = UnsafeMutableRawBufferPointer(buffer)
    for (index, element) in elements.enumerated() {
      raw.storeBytes(of: bits(element).littleEndian, toByteOffset: index * size, as: Bits.self)
    }
    count = elements.count * size
  }
}
