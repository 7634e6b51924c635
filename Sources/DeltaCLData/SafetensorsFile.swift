import DeltaCLSystem

/// A safetensors file whose header was read and whose tensors are read one by one, so that no more of a large file takes memory
/// than is used.
public final class SafetensorsFile: TensorFile {
  /// See ``TensorFile/format``.
  public var format: TensorFileFormat { .safetensors }
  /// Free text by key.
  public let metadata: [String: String]
  /// The file's path.
  public var path: String { file.path }
  /// The names of the tensors in order.
  public var names: [String] { entries.keys.sorted() }

  private let file: InputFile
  private let entries: [String: Safetensors.Entry]
  private let dataStart: Int

  /// Opens the file at `path` and reads its header.
  ///
  /// - Throws: `DataError` when the file cannot be read or its header breaks a rule of the format.
  public convenience init(contentsOf path: String) throws(DataError) {
    try self.init(InputFile(path))
  }

  /// Whether a file's first nine bytes are the length of a header of at most 4 GiB and its beginning.
  static func isSafetensors(_ beginning: [UInt8]) -> Bool {
    beginning.count == 9 && beginning[4..<8].allSatisfy { $0 == 0 } && beginning[8] == UInt8(ascii: "{")
  }

  /// Reads the header of an open file.
  init(_ file: InputFile) throws(DataError) {
    self.file = file
    dataStart = try Safetensors.Header.end(
      file.read(0..<min(9, file.byteCount))[...], byteCount: file.byteCount, name: file.path)
    let header = try Safetensors.Header(
      file.read(8..<dataStart)[...], dataCount: file.byteCount - dataStart, name: file.path)
    (entries, metadata) = (header.entries, header.metadata)
  }

  /// Whether there is a tensor called `name`.
  public func has(_ name: String) -> Bool { entries[name] != nil }

  /// The type and shape of the tensor called `name`.
  ///
  /// - Throws: `DataError` `notFound` with the names that there are.
  public func form(of name: String) throws(DataError) -> (dtype: Safetensors.DType, shape: [Int]) {
    let entry = try entry(name)
    return (entry.dtype, entry.shape)
  }

  /// Reads the tensor called `name`.
  ///
  /// - Throws: `DataError` `notFound` with the names that there are; when the system fails to read, or memory has no room.
  public func tensor(_ name: String) throws(DataError) -> Safetensors.Tensor {
    let entry = try entry(name)
    let bytes = try file.read(dataStart + entry.range.lowerBound..<dataStart + entry.range.upperBound)
    guard bytes.count == entry.range.count else { throw shortened(name) }
    return try Safetensors.Tensor(dtype: entry.dtype, shape: entry.shape, bytes: bytes)
  }

  /// Reads the bytes of the tensor called `name`, little-endian in row-major order.
  ///
  /// - Parameters:
  ///   - name: The tensor's name.
  ///   - destination: Memory for exactly the tensor's bytes.
  /// - Throws: As ``tensor(_:)``; `DataError` `mismatch` for a destination of another size.
  public func read(_ name: String, into destination: UnsafeMutableRawBufferPointer) throws(DataError) {
    let entry = try entry(name)
    guard destination.count == entry.range.count else {
      throw HostTensor.misfit(name, byteCount: entry.range.count, room: destination.count, path: path)
    }
    guard try file.read(from: dataStart + entry.range.lowerBound, into: destination) == destination.count else {
      throw shortened(name)
    }
  }

  private func shortened(_ name: String) -> DataError {
    DataError(.truncated, path, "became shorter while tensor \(Excerpt.quoted(name)) was read; try again")
  }

  private func entry(_ name: String) throws(DataError) -> Safetensors.Entry {
    guard let entry = entries[name] else { throw Safetensors.missing(name, among: names, source: path) }
    return entry
  }
}
