import DeltaCLSystem

/// Named tensors and text, as a safetensors file holds them.
///
/// A file is a 64-bit little-endian length, a JSON header of that length that gives each tensor's type, shape and
/// byte range, and the tensors' bytes, little-endian, row-major, without a hole. Reading refuses whatever the
/// format's reference reader refuses, and duplicate names.
public struct Safetensors: Hashable, Sendable {
  /// What a file holds under a name.
  public typealias Tensor = HostTensor
  /// The type of a tensor's elements.
  public typealias DType = HostTensor.DType

  /// The longest header that may be read or written, in bytes.
  public static let headerLimit = 100_000_000

  /// The tensors by name.
  public var tensors: [String: Tensor]
  /// Free text by key.
  public var metadata: [String: String]

  /// The names of the tensors in order.
  public var names: [String] { tensors.keys.sorted() }

  /// Creates a set of tensors to be written.
  public init(tensors: [String: Tensor] = [:], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// Reads the file at `path`.
  ///
  /// - Throws: `DataError` when the file cannot be read or breaks a rule of the format.
  public init(contentsOf path: String) throws(DataError) {
    let file = try SafetensorsFile(contentsOf: path)
    var tensors: [String: Tensor] = [:]
    for name in file.names { tensors[name] = try file.tensor(name) }
    self.init(tensors: tensors, metadata: file.metadata)
  }

  /// The tensor called `name`.
  ///
  /// - Parameters:
  ///   - name: the tensor's name.
  ///   - source: the file's name for the error.
  /// - Throws: `DataError` `notFound` with the names that there are.
  public func tensor(_ name: String, of source: String = "safetensors data") throws(DataError) -> Tensor {
    guard let tensor = tensors[name] else { throw Self.missing(name, among: names, source: source) }
    return tensor
  }

  static func missing(_ name: String, among names: [String], source: String) -> DataError {
    let present = names.isEmpty ? "none" : Excerpt.list(names)
    return DataError(.notFound, source, "has no tensor \(Excerpt.quoted(name)); it has: \(present)")
  }

  /// Writes a file, whole or not at all; equal contents give equal bytes.
  ///
  /// - Throws: `DataError` when the file cannot be written or the header is too long.
  public func write(to path: String) throws(DataError) {
    try AtomicFile.write(parts: parts(name: path), to: path)
  }
}
