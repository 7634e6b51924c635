import DeltaCLSystem
import Glibc

/// Files and folders by path. A path that is no UTF-8 is a `String` all the same, see ``path(bytes:)``.
public enum FileSystem {
  /// The text of a path whose bytes need not be UTF-8, as everything in this library takes it.
  public static func path(bytes: some Collection<UInt8>) -> String { NativePath.text(bytes) }

  /// Throws where memory has no room for so many bytes more.
  ///
  /// - Parameters:
  ///   - byteCount: The bytes that will be allocated.
  ///   - path: The file that asks for them, for the error.
  /// - Throws: `DataError` (`tooLarge`) with the bytes that are needed and available.
  public static func requireMemory(_ byteCount: Int, for path: String) throws(DataError) {
    // What is small is not worth asking the kernel.
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

  /// Whether `path` names anything that exists.
  public static func exists(_ path: String) -> Bool {
    fileType(path) != nil
  }

  /// Reads a whole regular file.
  ///
  /// - Throws: `DataError` when the file is missing, unreadable, no regular file, larger than `limit` bytes or than memory.
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
      var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let length = NativePath.withPath(target) { path in
        buffer.withUnsafeMutableBytes { buffer in
          buffer.withMemoryRebound(to: CChar.self) { buffer in
            buffer.baseAddress.map { readlink(path, $0, buffer.count) } ?? -1
          }
        }
      }
      guard length >= 0 else { return target }
      let link = NativePath.text(buffer[..<length])
      target = NativePath.isAbsolute(link) ? link : "\(NativePath.folder(of: target))/\(link)"
    }
    throw .system("write", path, ELOOP)
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

  /// The names in a folder, without an order; empty where it cannot be read.
  public static func names(in folder: String) -> [String] {
    SmallFile.names(in: folder)
  }

  /// The type bits of `st_mode`, or nil where nothing can be found.
  static func fileType(_ path: String) -> mode_t? {
    var status = stat()
    guard NativePath.withPath(path, { stat($0, &status) }) == 0 else { return nil }
    return status.st_mode & S_IFMT
  }
}
