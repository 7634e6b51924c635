import DeltaCLSystem
import Glibc

/// Files and folders by path. A path that is not UTF-8 is a `String` too, see ``path(bytes:)``.
public enum FileSystem {
  /// The text of a path whose bytes need not be UTF-8, as everything in this library takes it.
  public static func path(bytes: some Collection<UInt8>) -> String { NativePath.text(bytes) }

  /// Throws if memory has no room for so many bytes more.
  ///
  /// - Parameters:
  ///   - byteCount: The bytes that will be allocated.
  ///   - path: The file that asks for them, for the error.
  /// - Throws: `DataError` (`tooLarge`) with the bytes that are needed and available.
  public static func requireMemory(_ byteCount: Int, for path: String) throws(DataError) {
    // Small sizes are not worth asking the kernel.
    guard byteCount > 1 << 24 else { return }
    let available = AvailableMemory.byteCount
    guard byteCount <= available else {
      throw DataError(
        .tooLarge, path,
        "needs \(byteCount) bytes of memory and \(available) are available; free some or use a smaller file")
    }
  }

  /// Whether `path` names a folder that exists.
  public static func isFolder(_ path: String) -> Bool {
    fileType(path) == S_IFDIR
  }

  /// Whether `path` names a regular file that exists.
  public static func isFile(_ path: String) -> Bool {
    fileType(path) == S_IFREG
  }

  /// Whether `path` names anything that exists.
  public static func exists(_ path: String) -> Bool {
    fileType(path) != nil
  }

  /// Reads a whole regular file.
  ///
  /// - Throws: `DataError` when the file is missing, unreadable, not a regular file, or larger than `limit` bytes or memory.
  public static func read(_ path: String, limit: Int = .max) throws(DataError) -> [UInt8] {
    let file = try InputFile(path)
    guard file.byteCount <= limit else {
      throw DataError(.tooLarge, path, "has \(file.byteCount) bytes, more than the \(limit) that can be read here")
    }
    return try file.read(0..<file.byteCount)
  }

  /// The path behind the symbolic links that `path` may be, whether or not there is a file.
  ///
  /// - Throws: `DataError` for an empty path and for links that lead in a circle.
  public static func target(of path: String) throws(DataError) -> String {
    guard !path.isEmpty else { throw .emptyPath }
    var target = path
    // As many links as Linux follows.
    for _ in 0..<40 {
      guard let link = link(target) else { return target }
      target = link
    }
    throw .system("write", path, ELOOP)
  }

  /// The path that a symbolic link names; `nil` if `path` is none.
  static func link(_ path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let length = NativePath.withPath(path) { path in
      buffer.withUnsafeMutableBytes { buffer in
        buffer.withMemoryRebound(to: CChar.self) { buffer in
          buffer.baseAddress.map { readlink(path, $0, buffer.count) } ?? -1
        }
      }
    }
    guard length >= 0 else { return nil }
    let link = NativePath.text(buffer[..<length])
    return NativePath.isAbsolute(link) ? link : "\(NativePath.folder(of: path))/\(link)"
  }

  /// Creates the folder `path` and those above it that are missing.
  ///
  /// - Throws: `DataError` when a folder cannot be created or a file stands in its place.
  public static func createFolder(_ path: String) throws(DataError) {
    guard !path.isEmpty else { throw .emptyPath }
    if isFolder(path) { return }
    let parent = NativePath.folder(of: path)
    if parent != "." && parent != "/" { try createFolder(parent) }
    if NativePath.name(of: path).isEmpty { return }
    let (status, number) = NativePath.withPath(path) { (mkdir($0, 0o777), errno) }
    guard status != 0 else { return }
    // Somebody else may have created it meanwhile.
    guard !isFolder(path) else { return }
    guard number != EEXIST else {
      throw DataError(.writeFailed, path, "cannot create the folder: a file of that name exists; choose another path")
    }
    throw .system("create the folder", path, number)
  }

  /// The names in a folder, without an order; empty if it cannot be read.
  public static func names(in folder: String) -> [String] {
    SmallFile.names(in: folder)
  }

  /// Throws the system's reason if the names in a folder cannot be read.
  static func requireReadable(folder: String) throws(DataError) {
    let (status, number) = NativePath.withPath(folder) { (access($0, R_OK | X_OK), errno) }
    guard status == 0 else { throw .system("read", folder, number) }
  }

  /// Writes all parts to a descriptor, waiting while it takes no more.
  ///
  /// - Parameter path: What the descriptor leads to, for the error.
  static func write(_ parts: [[UInt8]], to descriptor: Int32, path: String) throws(DataError) {
    for part in parts {
      var start = 0
      while start < part.count {
        let (sent, number) = part.withUnsafeBytes { bytes -> (Int, Int32) in
          let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
          let sent = Glibc.write(descriptor, rest.baseAddress, rest.count)
          return (sent, errno)
        }
        if sent < 0 && number == EINTR { continue }
        if sent < 0 && number == EAGAIN {
          var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&request, 1, -1)
          continue
        }
        guard sent > 0 else { throw .system("write", path, sent < 0 ? number : EIO) }
        start += sent
      }
    }
  }

  /// The type bits of `st_mode`, or nil if nothing can be found.
  static func fileType(_ path: String) -> mode_t? {
    var status = stat()
    guard NativePath.withPath(path, { stat($0, &status) }) == 0 else { return nil }
    return status.st_mode & S_IFMT
  }
}
