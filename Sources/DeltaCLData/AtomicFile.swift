import Glibc

/// Writes whole files: after a crash, a full disk or a lost race a reader finds the old file or the new one,
/// never a part.
///
/// The bytes go to a temporary file in the same folder, which is flushed to the disk and then renamed; the folder
/// is flushed last.
public enum AtomicFile {
  /// Writes `bytes` to `path`, replacing a regular file there.
  ///
  /// - Throws: `DataError` with the system's reason; nothing is left behind then.
  public static func write(_ bytes: [UInt8], to path: String) throws(DataError) {
    try write(parts: [bytes], to: path)
  }

  /// Writes `text` in UTF-8 to `path`, replacing a regular file there.
  ///
  /// - Throws: `DataError` with the system's reason; nothing is left behind then.
  public static func write(_ text: String, to path: String) throws(DataError) {
    try write(parts: [Array(text.utf8)], to: path)
  }

  /// Writes the concatenation of `parts` to `path`, replacing a regular file there.
  ///
  /// - Throws: `DataError` with the system's reason; nothing is left behind then.
  public static func write(parts: [[UInt8]], to path: String) throws(DataError) {
    let mode = try modeOfFile(path)
    let (temporary, descriptor) = try makeTemporary(for: path)
    do throws(DataError) {
      try fill(descriptor, with: parts, mode: mode, path: path)
      guard rename(temporary, path) == 0 else { throw .system("rename the finished file", path, errno) }
    } catch {
      unlink(temporary)
      throw error
    }
    try flush(folder: folder(of: path))
  }

  /// Finds out whether a file can be written to `path`, without touching what is there.
  ///
  /// - Throws: `DataError` with the system's reason.
  public static func probe(_ path: String) throws(DataError) {
    _ = try modeOfFile(path)
    let (temporary, descriptor) = try makeTemporary(for: path)
    close(descriptor)
    unlink(temporary)
  }

  /// The permissions of the file at `path`; `nil` where there is none.
  private static func modeOfFile(_ path: String) throws(DataError) -> mode_t? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    // A rename would put a file in place of a device such as /dev/null.
    guard status.st_mode & S_IFMT == S_IFREG else {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is not a regular file"
      throw DataError(.writeFailed, path, "cannot write: it \(kind); choose another path")
    }
    return status.st_mode & 0o777
  }

  /// An open, empty file beside `path`.
  private static func makeTemporary(for path: String) throws(DataError) -> (path: String, descriptor: Int32) {
    let temporary = "\(folder(of: path))/.deltacl-\(getpid())-\(UInt64.random(in: 0 ... .max)).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .system("write", path, errno) }
    return (temporary, descriptor)
  }

  /// Writes, flushes and closes.
  private static func fill(
    _ descriptor: Int32, with parts: [[UInt8]], mode: mode_t?, path: String
  ) throws(DataError) {
    var isOpen = true
    defer { if isOpen { close(descriptor) } }
    if let mode {
      guard fchmod(descriptor, mode) == 0 else { throw .system("write", path, errno) }
    }
    for part in parts {
      var start = 0
      while start < part.count {
        let (sent, number) = part.withUnsafeBytes { bytes -> (Int, Int32) in
          let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
          let sent = Glibc.write(descriptor, rest.baseAddress, rest.count)
          return (sent, errno)
        }
        if sent < 0 && number == EINTR { continue }
        guard sent > 0 else { throw .system("write", path, sent < 0 ? number : EIO) }
        start += sent
      }
    }
    guard fsync(descriptor) == 0 else { throw .system("write", path, errno) }
    isOpen = false
    guard close(descriptor) == 0 else { throw .system("write", path, errno) }
  }

  private static func flush(folder: String) throws(DataError) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // A folder may be writable without being readable; the file itself is complete.
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // Some file systems cannot flush a folder and say so with EINVAL.
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
      throw .system("flush the folder", folder, errno)
    }
  }

  private static func folder(of path: String) -> String {
    guard let separator = path.lastIndex(of: "/") else { return "." }
    return separator == path.startIndex ? "/" : String(path[..<separator])
  }
}
