import DeltaCLSystem

/// A file with one array in NumPy's npy format, as a tensor that is called as the file is, without its ending.
final class NPYFile: TensorFile {
  var format: TensorFileFormat { .npy }
  var metadata: [String: String] { [:] }
  var path: String { file.path }
  var names: [String] { [name] }

  private let file: InputFile
  private let header: NPYHeader
  private let name: String

  /// Reads the header of an open file.
  init(_ file: InputFile) throws(DataError) {
    self.file = file
    header = try NPYHeader(
      file.read(0..<min(file.byteCount, NPYHeader.lengthLimit)), byteCount: file.byteCount, name: file.path)
    let fileName = NativePath.name(of: file.path)
    name = NativePath.hasEnding(fileName, ".npy") ? String(fileName.dropLast(4)) : fileName
  }

  func has(_ name: String) -> Bool { name == self.name }

  func form(of name: String) throws(DataError) -> (dtype: HostTensor.DType, shape: [Int]) {
    guard has(name) else { throw Safetensors.missing(name, among: names, source: path) }
    return (header.dtype, header.shape)
  }

  func tensor(_ name: String) throws(DataError) -> HostTensor {
    _ = try form(of: name)
    return try header.tensor(file.read(whole: header.length..<file.byteCount), name: path)
  }

  /// The content of a file with the only one of `tensors`.
  ///
  /// - Throws: `DataError` `mismatch` if there are none or several, `unsupported` if NumPy has no such element type.
  static func parts(_ tensors: [String: HostTensor], name: String) throws(DataError) -> [[UInt8]] {
    guard tensors.count == 1, let tensor = tensors.values.first else {
      throw DataError(
        .mismatch, name, "an npy file holds one array and there are \(tensors.count): write an npz file instead")
    }
    return [try NPYHeader.bytes(for: tensor, name: name), tensor.bytes]
  }
}
