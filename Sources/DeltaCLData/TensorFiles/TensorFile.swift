/// A file of named tensors whose table of contents was read and whose tensors are read one by one, so that no more of a large file
/// takes memory than is used.
public protocol TensorFile: Sendable {
  /// The file's format.
  var format: TensorFileFormat { get }
  /// The file's path.
  var path: String { get }
  /// The names of the tensors in order.
  var names: [String] { get }
  /// Free text by key; empty for formats that have none.
  var metadata: [String: String] { get }

  /// Whether there is a tensor called `name`.
  func has(_ name: String) -> Bool

  /// The type and shape of the tensor called `name`.
  ///
  /// - Throws: `DataError` `notFound` with the names that there are.
  func form(of name: String) throws(DataError) -> (dtype: HostTensor.DType, shape: [Int])

  /// Reads the tensor called `name`.
  ///
  /// - Throws: `DataError` `notFound` with the names that there are; when the system fails to read, the file is damaged there, or
  ///   memory has no room.
  func tensor(_ name: String) throws(DataError) -> HostTensor

  /// Reads the bytes of the tensor called `name`, little-endian in row-major order.
  ///
  /// - Parameters:
  ///   - name: The tensor's name.
  ///   - destination: Memory for exactly the tensor's bytes.
  /// - Throws: As ``tensor(_:)``; `DataError` `mismatch` for a destination of another size.
  func read(_ name: String, into destination: UnsafeMutableRawBufferPointer) throws(DataError)
}

extension TensorFile {
  /// Reads the bytes by way of a copy.
  public func read(_ name: String, into destination: UnsafeMutableRawBufferPointer) throws(DataError) {
    let bytes = try tensor(name).bytes
    guard bytes.count == destination.count else {
      throw HostTensor.misfit(name, byteCount: bytes.count, room: destination.count, path: path)
    }
    destination.copyBytes(from: bytes)
  }

  /// Reads all tensors.
  ///
  /// - Throws: As ``tensor(_:)``.
  public func tensors() throws(DataError) -> [String: HostTensor] {
    var tensors: [String: HostTensor] = [:]
    for name in names { tensors[name] = try tensor(name) }
    return tensors
  }
}
