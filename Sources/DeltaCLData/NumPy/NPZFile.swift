import DeltaCLSystem

/// An archive of arrays in NumPy's npz format: a zip archive whose members, stored or deflated, are npy files.
final class NPZFile: TensorFile {
  var format: TensorFileFormat { .npz }
  var metadata: [String: String] { [:] }
  var path: String { archive.file.path }
  var names: [String] { entries.keys.sorted() }

  private let archive: ZipArchive
  private let entries: [String: (member: ZipArchive.Member, header: NPYHeader)]

  private static let ending = ".npy"

  /// Reads the headers of all arrays.
  init(_ archive: ZipArchive) throws(DataError) {
    self.archive = archive
    var entries: [String: (member: ZipArchive.Member, header: NPYHeader)] = [:]
    for member in archive.members {
      guard member.name.hasSuffix(Self.ending) else {
        throw DataError(
          .unsupported, archive.file.path,
          "is a zip archive with \(Excerpt.quoted(member.name)): neither NumPy's npz, whose members end in .npy, nor PyTorch's, "
            + "which has a data.pkl")
      }
      let header = try NPYHeader(
        archive.read(member, prefix: NPYHeader.lengthLimit), byteCount: member.size, name: archive.label(member))
      entries[String(member.name.dropLast(Self.ending.count))] = (member, header)
    }
    self.entries = entries
  }

  func has(_ name: String) -> Bool { entries[name] != nil }

  func form(of name: String) throws(DataError) -> (dtype: HostTensor.DType, shape: [Int]) {
    let header = try entry(name).header
    return (header.dtype, header.shape)
  }

  func tensor(_ name: String) throws(DataError) -> HostTensor {
    let (member, header) = try entry(name)
    let bytes = try archive.read(member)
    return try header.tensor(Array(bytes[header.length...]), name: archive.label(member))
  }

  private func entry(_ name: String) throws(DataError) -> (member: ZipArchive.Member, header: NPYHeader) {
    guard let entry = entries[name] else { throw Safetensors.missing(name, among: names, source: path) }
    return entry
  }

  /// The content of a file, in parts.
  ///
  /// - Throws: `DataError` `unsupported` if NumPy has no such element type, or a name is too long for a zip archive.
  static func parts(_ tensors: [String: HostTensor], name: String) throws(DataError) -> [[UInt8]] {
    var writer = ZipWriter(alignment: 64)
    for (key, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      guard key.utf8.count <= 4096 else {
        throw DataError(.unsupported, name, "the name \(Excerpt.quoted(key)) is too long for an npz file; shorten it")
      }
      writer.add(
        key + ending, [try NPYHeader.bytes(for: tensor, name: "\(name): \(Excerpt.quoted(key))"), tensor.bytes])
    }
    return writer.finished()
  }
}
