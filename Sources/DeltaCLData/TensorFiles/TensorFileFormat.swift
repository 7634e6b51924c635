import DeltaCLSystem

/// A format of files with named tensors.
public enum TensorFileFormat: String, Hashable, Sendable, CaseIterable {
  /// Safetensors, in one file or in several with an index.
  case safetensors
  /// NumPy's format of one array.
  case npy
  /// NumPy's format of several arrays, a zip archive.
  case npz
  /// What PyTorch's `torch.save` writes: a zip archive or, before version 1.6, a row of pickles.
  case pytorch

  /// The format that the ending of a path stands for, if any.
  public init?(ending path: String) {
    let endings: [(String, Self)] = [
      (".safetensors", .safetensors), (".npy", .npy), (".npz", .npz), (".pth", .pytorch), (".pt", .pytorch),
      (".bin", .pytorch),
    ]
    guard let format = endings.first(where: { NativePath.hasEnding(path, $0.0) })?.1 else { return nil }
    self = format
  }

  /// Opens a file of any of these formats, which is recognised by what is in it.
  ///
  /// - Throws: `DataError` when the file cannot be read or breaks a rule of its format.
  public static func open(_ path: String) throws(DataError) -> any TensorFile {
    let file = try InputFile(path)
    let beginning = try file.read(0..<min(9, file.byteCount))
    try GitLFS.refusePointer(beginning, name: path)
    // First, because a length may be any bytes, those that begin a pickle among them.
    if SafetensorsFile.isSafetensors(beginning) { return try SafetensorsFile(file) }
    if beginning.starts(with: NPYHeader.magic) { return try NPYFile(file) }
    if ZipArchive.isArchive(beginning) {
      let archive = try ZipArchive(file)
      if TorchFile.isTorchFile(archive) { return try TorchFile(archive) }
      return try NPZFile(archive)
    }
    if Pickle.isPickle(beginning) { return try TorchFile(legacy: file) }
    if beginning.first == UInt8(ascii: "{") { return try ShardedSafetensors(file) }
    return try SafetensorsFile(file)
  }

  /// Writes a file, whole or not at all; equal contents give equal bytes.
  ///
  /// - Parameters:
  ///   - tensors: The tensors by name; exactly one for ``npy``, which keeps no name.
  ///   - metadata: Free text by key, which only ``safetensors`` keeps.
  ///   - path: Where to write.
  /// - Throws: `DataError` when the file cannot be written, or the format has no such element type.
  public func write(
    _ tensors: [String: HostTensor], metadata: [String: String] = [:], to path: String
  ) throws(DataError) {
    let parts =
      switch self {
      case .safetensors: try Safetensors(tensors: tensors, metadata: metadata).parts(name: path)
      case .npy: try NPYFile.parts(tensors, name: path)
      case .npz: try NPZFile.parts(tensors, name: path)
      case .pytorch: try TorchFile.parts(tensors, name: path)
      }
    try AtomicFile.write(parts: parts, to: path)
  }
}
