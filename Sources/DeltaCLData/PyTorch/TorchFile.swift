import DeltaCLSystem
import Synchronization

/// Tensors by name in a file that PyTorch's `torch.save` wrote: a zip archive or, before version 1.6, a row of pickles.
///
/// The file may hold the state dictionary alone or under a key such as `state_dict`. Of the pickle in it only what describes tensors is
/// read, and nothing that it names is called. Tensors may share storages and be parts or transposes of them.
final class TorchFile: TensorFile {
  var format: TensorFileFormat { .pytorch }
  var metadata: [String: String] { [:] }
  let path: String
  var names: [String] { entries.keys.sorted() }

  private let entries: [String: TorchTensor]
  private let storages: TorchStorages
  /// The storage that was read last, which the next tensor may share.
  private let lastRead = Mutex<(key: String, bytes: [UInt8])?>(nil)

  /// Whether an archive is PyTorch's.
  static func isTorchFile(_ archive: ZipArchive) -> Bool { TorchStorages.folder(of: archive) != nil }

  /// Reads what an archive says of its tensors.
  convenience init(_ archive: ZipArchive) throws(DataError) {
    let (storages, pickle) = try TorchStorages.open(archive)
    try self.init(pickle, storages, path: archive.file.path)
  }

  /// Reads what a file of versions before 1.6 says of its tensors.
  convenience init(legacy file: InputFile) throws(DataError) {
    let (storages, pickle) = try TorchStorages.open(legacy: file)
    try self.init(pickle, storages, path: file.path)
  }

  private init(_ pickle: Pickle, _ storages: TorchStorages, path: String) throws(DataError) {
    self.path = path
    self.storages = storages
    entries = try TorchStateDictionary.tensors(pickle, path: path)
    for (name, tensor) in entries {
      let label = "\(path): \(Excerpt.quoted(name))"
      let elementSize = tensor.dtype.bitWidth / 8
      let byteCount = try storages.byteCount(of: tensor, label: label)
      try tensor.elements.validate(count: byteCount / elementSize, name: label)
    }
  }

  func has(_ name: String) -> Bool { entries[name] != nil }

  func form(of name: String) throws(DataError) -> (dtype: HostTensor.DType, shape: [Int]) {
    let entry = try entry(name)
    return (entry.dtype, entry.shape)
  }

  func tensor(_ name: String) throws(DataError) -> HostTensor {
    let entry = try entry(name)
    let label = "\(path): \(Excerpt.quoted(name))"
    let last = lastRead.withLock { $0 }
    let bytes = last?.key == entry.storage ? last?.bytes ?? [] : try storages.read(entry.storage)
    lastRead.withLock { $0 = storages.isShared(entry.storage) ? (entry.storage, bytes) : nil }
    return try HostTensor(
      dtype: entry.dtype, shape: entry.shape, bytes: entry.elements.rowMajor(bytes, name: label))
  }

  private func entry(_ name: String) throws(DataError) -> TorchTensor {
    guard let entry = entries[name] else { throw Safetensors.missing(name, among: names, source: path) }
    return entry
  }
}
