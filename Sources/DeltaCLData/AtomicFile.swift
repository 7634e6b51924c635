import DeltaCLSystem
import Glibc
import Synchronization

/// Writes whole files: after a crash, on a full disk or in a race a reader finds the old file or the new one,
/// never a part. A symbolic link stays, and the file that it names is replaced.
///
/// The bytes go to a temporary file in the same folder, which is flushed to the disk and then renamed; the folder
/// is flushed last. The writer holds a lock on the temporary file, so that the first write to a folder can remove those of
/// killed processes.
///
/// Named pipes, character devices such as `/dev/null`, and descriptors such as `/dev/stdout` and `/dev/fd/3` are not replaced: the
/// bytes are written straight through. Opening a named pipe waits for its reader.
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
    if let stream = StreamDestination(path) { return try stream.write(parts) }
    try write([(parts, path)])
  }

  /// Writes files that belong together: all of them are whole and on the disk before the first one takes its place, so that only
  /// a few renames, in the order of `files`, lie between the old set and the new one. A pipe or device cannot be one of them.
  ///
  /// - Parameter files: The concatenation of the parts of each and its path, where a regular file is replaced.
  /// - Throws: `DataError` with the system's reason. Where a file cannot be written, none is replaced; nothing but whole files is
  ///   left behind.
  public static func write(_ files: [(parts: [[UInt8]], path: String)]) throws(DataError) {
    // Closing releases the locks, so it comes last.
    var temporaries: [(path: String, descriptor: Int32, target: String)] = []
    var renamed = 0
    defer {
      for temporary in temporaries[renamed...] { remove(temporary.path) }
      for temporary in temporaries { close(temporary.descriptor) }
    }
    for (parts, path) in files {
      let target = try FileSystem.target(of: path)
      let mode = try modeOfFile(target)
      let (temporary, descriptor) = try makeTemporary(for: target)
      temporaries.append((temporary, descriptor, target))
      try fill(descriptor, with: parts, mode: mode, path: path)
    }
    for (temporary, _, target) in temporaries {
      let (status, number) = NativePath.withPath(temporary) { from in
        NativePath.withPath(target) { to in (rename(from, to), errno) }
      }
      guard status == 0 else { throw .system("rename the finished file", target, number) }
      renamed += 1
    }
    for folder in Set(temporaries.map { NativePath.folder(of: $0.target) }) { try flush(folder: folder) }
  }

  /// Finds out whether a file can be written to `path`, without touching what is there.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - isOfSet: Whether it is one of several that are written together, which must be files.
  /// - Throws: `DataError` with the system's reason.
  public static func probe(_ path: String, isOfSet: Bool = false) throws(DataError) {
    if !isOfSet, let stream = StreamDestination(path) { return try stream.probe() }
    let target = try FileSystem.target(of: path)
    if try modeOfFile(target) != nil, FileSystem.isMountPoint(target) {
      throw DataError(
        .writeFailed, path, "cannot write: a file is mounted there, which cannot be replaced; mount its folder instead")
    }
    let (temporary, descriptor) = try makeTemporary(for: target)
    remove(temporary)
    close(descriptor)
  }

  /// The permissions of the file at `path`; `nil` if there is none.
  private static func modeOfFile(_ path: String) throws(DataError) -> mode_t? {
    var status = stat()
    guard NativePath.withPath(path, { stat($0, &status) }) == 0 else { return nil }
    // A rename would put a file in place of a disk.
    guard status.st_mode & S_IFMT == S_IFREG else {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is not a regular file"
      throw DataError(.writeFailed, path, "cannot write: it \(kind); choose another path")
    }
    return status.st_mode & 0o777
  }

  /// An open, empty, locked file beside `path`.
  private static func makeTemporary(for path: String) throws(DataError) -> (path: String, descriptor: Int32) {
    let folder = NativePath.folder(of: path)
    removeStaleFiles(in: folder)
    while true {
      let temporary = "\(folder)/\(prefix)\(getpid())-\(UInt64.random(in: 0 ... .max))\(suffix)"
      let (descriptor, number) = NativePath.withPath(temporary) {
        (open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666), errno)
      }
      guard descriptor >= 0 else { throw .system("write", path, number) }
      flock(descriptor, LOCK_EX)
      var status = stat()
      // Another process may have taken it for a stale one before it was locked.
      if fstat(descriptor, &status) == 0, status.st_nlink > 0 { return (temporary, descriptor) }
      close(descriptor)
    }
  }

  private static let prefix = ".deltacl-", suffix = ".tmp"
  /// The folders that this process has cleaned.
  private static let cleanedFolders = Mutex<Set<String>>([])

  /// Removes the temporary files whose lock nobody holds any more.
  private static func removeStaleFiles(in folder: String) {
    guard cleanedFolders.withLock({ $0.insert(folder).inserted }) else { return }
    for name in FileSystem.names(in: folder) where name.hasPrefix(prefix) && name.hasSuffix(suffix) {
      let path = "\(folder)/\(name)"
      let descriptor = NativePath.withPath(path) { open($0, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
      guard descriptor >= 0 else { continue }
      var status = stat()
      if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, flock(descriptor, LOCK_EX | LOCK_NB) == 0
      {
        remove(path)
      }
      close(descriptor)
    }
  }

  private static func remove(_ path: String) {
    _ = NativePath.withPath(path) { unlink($0) }
  }

  /// Writes and flushes.
  private static func fill(
    _ descriptor: Int32, with parts: [[UInt8]], mode: mode_t?, path: String
  ) throws(DataError) {
    if let mode {
      guard fchmod(descriptor, mode) == 0 else { throw .system("write", path, errno) }
    }
    try FileSystem.write(parts, to: descriptor, path: path)
    guard fsync(descriptor) == 0 else { throw .system("write", path, errno) }
  }

  private static func flush(folder: String) throws(DataError) {
    let descriptor = NativePath.withPath(folder) { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    // A folder may be writable without being readable; the file itself is complete.
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // Some file systems cannot flush a folder and say so with EINVAL.
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else {
      throw .system("flush the folder", folder, errno)
    }
  }
}
