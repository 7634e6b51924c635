import DeltaCLSystem

/// The beginning of a file in NumPy's npy format, versions 1 to 3.
///
/// The magic bytes, two bytes of version, a length of 16 bits or from version 2 on of 32, and a Python dictionary of that length with the
/// element type (`descr`), the order of the axes (`fortran_order`) and the shape.
struct NPYHeader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The longest header that is read, its beginning included; NumPy itself writes few hundred bytes.
  static let lengthLimit = 1 << 16

  let dtype: HostTensor.DType
  let shape: [Int]
  /// Whether the first axis is the innermost.
  let isFortranOrder: Bool
  let isBigEndian: Bool
  /// Where the elements begin.
  let length: Int

  /// Reads the header of a file.
  ///
  /// - Parameters:
  ///   - beginning: The file's first bytes, ``lengthLimit`` or all.
  ///   - byteCount: The size of the file.
  ///   - name: Its name for errors.
  /// - Throws: `DataError` when it is no such file, has elements that are no numbers, or another size than its header asks for.
  init(_ beginning: [UInt8], byteCount: Int, name: String) throws(DataError) {
    var cursor = ByteCursor(beginning)
    guard cursor.take(Self.magic.count)?.elementsEqual(Self.magic) == true else {
      throw DataError(.malformed, name, "is not an npy file: it does not begin with \\x93NUMPY")
    }
    guard let major = cursor.byte(), cursor.take(1) != nil else { throw Self.truncated(name) }
    guard (1...3).contains(major) else {
      throw DataError(.unsupported, name, "has version \(major) of the npy format; 1 to 3 are read")
    }
    let announced = major == 1 ? cursor.number(UInt16.self).map(Int.init) : cursor.number(UInt32.self).map(Int.init)
    guard let announced else { throw Self.truncated(name) }
    guard announced <= Self.lengthLimit - 12 else {
      throw DataError(.tooLarge, name, "announces an npy header of \(announced) bytes; \(Self.lengthLimit) are read")
    }
    guard let text = cursor.take(announced) else { throw Self.truncated(name) }
    length = cursor.position
    guard let fields = PythonLiteral.dictionary(Array(text)) else {
      throw DataError(.malformed, name, "its npy header is no dictionary of descr, fortran_order and shape")
    }
    guard fields.count == 3, case .string(let type)? = fields["descr"],
      case .boolean(let isFortranOrder)? = fields["fortran_order"], case .tuple(let shape)? = fields["shape"]
    else {
      if fields["descr"] == .list {
        throw DataError(.unsupported, name, "has records of several fields; save each field as an array of its own")
      }
      throw DataError(.malformed, name, "its npy header is no dictionary of descr, fortran_order and shape")
    }
    guard let dtype = Self.dtypes[String(type.drop { "<>|=".contains($0) })] else {
      let advice = type.contains("O") ? "holds Python objects, which are not read" : "which is not read"
      throw DataError(
        .unsupported, name, "has the element type \(Excerpt.quoted(type)), \(advice); convert it by astype('float32')")
    }
    self.dtype = dtype
    self.shape = shape
    self.isFortranOrder = isFortranOrder
    isBigEndian = type.hasPrefix(">")
    guard let elements = dtype.byteCount(shape: shape) else {
      throw DataError(.tooLarge, name, "announces the shape [\(Excerpt.list(shape))], too large for any memory")
    }
    guard elements == byteCount - length else {
      throw DataError(
        byteCount - length < elements ? .truncated : .malformed, name,
        "has \(byteCount - length) bytes of elements where its header (\(dtype.rawValue) [\(Excerpt.list(shape))]) asks for "
          + "\(elements); get the file again")
    }
  }

  private static func truncated(_ name: String) -> DataError {
    DataError(.truncated, name, "ends inside its npy header; get the file again")
  }

  /// NumPy's names of types, without the order of their bytes.
  private static let dtypes: [String: HostTensor.DType] = [
    "b1": .bool, "u1": .u8, "u2": .u16, "u4": .u32, "u8": .u64, "i1": .i8, "i2": .i16, "i4": .i32, "i8": .i64,
    "f2": .f16,
    "f4": .f32, "f8": .f64, "c8": .c64,
  ]

  /// The tensor whose elements follow the header.
  ///
  /// - Throws: `DataError` if memory has no room for it.
  func tensor(_ elements: [UInt8], name: String) throws(DataError) -> HostTensor {
    let elementSize = dtype.bitWidth / 8
    let strides = StridedElements.strides(of: shape, isReversed: isFortranOrder)
    var bytes = try StridedElements(elementSize: elementSize, shape: shape, strides: strides, offset: 0)
      .rowMajor(elements, name: name)
    if isBigEndian {
      // A complex number is two.
      let size = dtype == .c64 ? 4 : elementSize
      bytes.withUnsafeMutableBufferPointer { bytes in
        for start in stride(from: 0, to: bytes.count, by: size) {
          for index in 0..<size / 2 { bytes.swapAt(start + index, start + size - 1 - index) }
        }
      }
    }
    return try HostTensor(dtype: dtype, shape: shape, bytes: bytes)
  }

  /// The header of a file with a tensor's elements, padded so that these are aligned.
  ///
  /// - Throws: `DataError` `unsupported` if NumPy has no such element type.
  static func bytes(for tensor: HostTensor, name: String) throws(DataError) -> [UInt8] {
    guard let type = dtypes.first(where: { $0.value == tensor.dtype })?.key else {
      throw DataError(
        .unsupported, name, "NumPy has no type for \(tensor.dtype.rawValue); write safetensors or convert it to F32")
    }
    let sizes = tensor.shape.map { "\($0)," }.joined(separator: " ")
    let shape = tensor.shape.count == 1 ? sizes : String(sizes.dropLast())
    let order = tensor.dtype.bitWidth == 8 ? "|" : "<"
    let text = "{'descr': '\(order)\(type)', 'fortran_order': False, 'shape': (\(shape)), }"
    // NumPy aligns to 64 bytes, and a line feed ends the header.
    let padding = 63 - (magic.count + 4 + text.utf8.count) % 64
    let header = text + String(repeating: " ", count: padding) + "\n"
    var bytes = magic + [1, 0]
    bytes.append(littleEndian: UInt16(clamping: header.utf8.count))
    return bytes + Array(header.utf8)
  }
}
