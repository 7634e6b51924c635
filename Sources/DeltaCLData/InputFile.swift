import DeltaCLSystem
import Glibc

/// A regular file that is open to be read in parts.
package final class InputFile: Sendable {
  let path: String
  /// The size in bytes when it was opened.
  package let byteCount: Int
  private let descriptor: Int32

  /// Opens a regular file.
  ///
  /// - Throws: `DataError` when the file is missing, unreadable or not a regular file.
  package init(_ path: String) throws(DataError) {
    guard !path.isEmpty else { throw .emptyPath }
    // Without O_NONBLOCK, opening a named pipe would wait for a writer.
    let (descriptor, number) = NativePath.withPath(path) { (open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK), errno) }
    guard descriptor >= 0 else { throw .system("open", path, number) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let number = errno
      close(descriptor)
      throw .system("read", path, number)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is not a regular file"
      throw DataError(.unsupported, path, "\(kind); name a file")
    }
    self.path = path
    self.descriptor = descriptor
    byteCount = Int(status.st_size)
  }

  deinit {
    close(descriptor)
  }

  /// Reads the bytes of a range, fewer if the file has become shorter.
  ///
  /// - Throws: `DataError` when the system fails to read, or memory has no room for them.
  func read(_ range: Range<Int>) throws(DataError) -> [UInt8] {
    try FileSystem.requireMemory(range.count, for: path)
    var failure: DataError?
    let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
      do throws(DataError) {
        count = try read(from: range.lowerBound, into: UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads the bytes of a range, all of them.
  ///
  /// - Throws: As ``read(_:)``; `DataError` `truncated` if the file ends before.
  package func read(whole range: Range<Int>) throws(DataError) -> [UInt8] {
    let bytes = range.upperBound <= byteCount ? try read(range) : []
    guard bytes.count == range.count else {
      throw DataError(
        .truncated, path,
        "has no bytes \(range.lowerBound) to \(range.upperBound), which it announces; get the file again")
    }
    return bytes
  }

  /// Fills `destination` from an offset on.
  ///
  /// - Returns: The bytes read, fewer if the file has become shorter.
  func read(from offset: Int, into destination: UnsafeMutableRawBufferPointer) throws(DataError) -> Int {
    var count = 0
    // Linux transfers at most 2 GiB at a time.
    while count < destination.count, let start = destination.baseAddress {
      let received = pread(descriptor, start + count, destination.count - count, off_t(offset + count))
      if received < 0 && errno == EINTR { continue }
      guard received >= 0 else { throw .system("read", path, errno) }
      if received == 0 { break }
      count += received
    }
    return count
  }
}
