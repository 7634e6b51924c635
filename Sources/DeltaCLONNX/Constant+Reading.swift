import DeltaCLData
import DeltaCLSystem
import Glibc

extension Constant {
  /// Reads a tensor of a model file.
  ///
  /// - Parameters:
  ///   - proto: The tensor.
  ///   - what: What it is, for the error.
  ///   - folder: Where files with external data lie.
  init(_ proto: Onnx_TensorProto, _ what: String, folder: String) throws {
    let shape = proto.dims.map { Int($0) }
    guard let count = Constant.count(of: shape) else {
      throw ONNXError(.malformed, "\(what) has the shape [\(Excerpt.list(shape))], which no tensor can have")
    }
    func require(_ given: Int) throws(ONNXError) {
      guard given == count else {
        throw ONNXError(
          .malformed, "\(what) has \(given) elements, and its shape [\(Excerpt.list(shape))] needs \(count)")
      }
    }
    let isExternal = proto.dataLocation == .external
    let bytes = isExternal ? try Self.externalBytes(proto, what, folder: folder) : [UInt8](proto.rawData)
    let isRaw = isExternal || proto.hasRawData
    func tensor(_ dtype: HostTensor.DType) throws -> HostTensor {
      guard bytes.count * 8 == count * dtype.bitWidth else {
        throw ONNXError(
          .malformed,
          "\(what) has \(bytes.count) bytes, and its shape [\(Excerpt.list(shape))] needs \(count * dtype.bitWidth / 8)"
        )
      }
      return try HostTensor(dtype: dtype, shape: shape, bytes: bytes)
    }
    switch Onnx_TensorProto.DataType(rawValue: Int(proto.dataType)) {
    case .float?:
      if !isRaw { try require(proto.floatData.count) }
      self.init(shape: shape, floats: isRaw ? try tensor(.f32).floats(name: what) : proto.floatData)
    case .double?:
      if !isRaw { try require(proto.doubleData.count) }
      self.init(shape: shape, floats: isRaw ? try tensor(.f64).floats(name: what) : proto.doubleData.map { Float($0) })
    case .int64?:
      if !isRaw { try require(proto.int64Data.count) }
      self.init(shape: shape, integers: isRaw ? Self.integers(try tensor(.i64)) : proto.int64Data)
    case .int32?:
      if !isRaw { try require(proto.int32Data.count) }
      let values = isRaw ? try tensor(.i32).int32s(name: what) : proto.int32Data
      self.init(shape: shape, integers: values.map { Int64($0) })
    case .bool?:
      if !isRaw { try require(proto.int32Data.count) }
      let values = isRaw ? try tensor(.bool).int32s(name: what) : proto.int32Data
      self.init(shape: shape, integers: values.map { Int64($0) })
    case let type:
      throw ONNXError(
        .unsupported,
        "\(what) has elements of type \(type.map { "\($0)" } ?? "\(proto.dataType)"); float, double, int32, int64 and bool are read"
      )
    }
  }

  private static func integers(_ tensor: HostTensor) -> [Int64] {
    tensor.bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / 8).map { Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self)) }
    }
  }

  /// The bytes of a tensor whose data lie in a file beside the model's.
  private static func externalBytes(_ proto: Onnx_TensorProto, _ what: String, folder: String) throws -> [UInt8] {
    var entries: [String: String] = [:]
    for entry in proto.externalData { entries[entry.key] = entry.value }
    let location = entries["location"] ?? ""
    guard !location.isEmpty, !NativePath.isAbsolute(location), !location.split(separator: "/").contains("..") else {
      throw ONNXError(
        .malformed, "\(what) has its data at \(Excerpt.quoted(location)), which is no path within the model's folder")
    }
    let path = "\(folder)/\(location)"
    guard let target = realPath(path), let root = realPath(folder), NativePath.isPath(target, below: root) else {
      throw ONNXError(
        .malformed,
        "\(what) has its data at \(Excerpt.quoted(location)), which is missing or outside of the model's folder")
    }
    let file = try InputFile(target)
    func number(_ key: String, otherwise value: Int) throws(ONNXError) -> Int {
      guard let text = entries[key] else { return value }
      guard let number = Int(text), number >= 0, number <= file.byteCount else {
        throw ONNXError(
          .malformed,
          "\(what): the \(key) \(Excerpt.quoted(text)) of its data is no number of bytes in \(Excerpt.quoted(location))"
        )
      }
      return number
    }
    let offset = try number("offset", otherwise: 0)
    let length = try number("length", otherwise: file.byteCount - offset)
    return try file.read(whole: offset..<offset + length)
  }

  private static func realPath(_ path: String) -> String? {
    NativePath.withPath(path) { path in
      guard let resolved = realpath(path, nil) else { return nil }
      defer { free(resolved) }
      return NativePath.text(UnsafePointer(resolved))
    }
  }
}
