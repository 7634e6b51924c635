import DeltaCLSystem
import Glibc

/// Where bytes go straight through: a descriptor of this process, as `/dev/stdout` and `/dev/fd/3` name them, a named pipe or a
/// character device. There is no file to be replaced, and a redirection keeps its place in the file that it leads to.
struct StreamDestination {
  private let path: String
  /// The descriptor that is open already.
  private let descriptor: Int32?

  /// `nil` if the path names something else, or nothing.
  init?(_ path: String) {
    self.path = path
    descriptor = Self.descriptor(of: path)
    let type = FileSystem.fileType(path)
    guard descriptor != nil || type == S_IFIFO || type == S_IFCHR else { return nil }
  }

  /// Writes all parts. Opening a named pipe waits for its reader.
  ///
  /// - Throws: `DataError` with the system's reason.
  func write(_ parts: [[UInt8]]) throws(DataError) {
    if let descriptor { return try FileSystem.write(parts, to: descriptor, path: path) }
    var (opened, number): (Int32, Int32)
    repeat {
      (opened, number) = NativePath.withPath(path) { (open($0, O_WRONLY | O_CLOEXEC | O_NOCTTY), errno) }
    } while opened < 0 && number == EINTR
    guard opened >= 0 else { throw .system("write", path, number) }
    defer { close(opened) }
    try FileSystem.write(parts, to: opened, path: path)
  }

  /// Finds out whether it may be written, without opening it: a pipe's reader would take that for the end.
  ///
  /// - Throws: `DataError` with the system's reason.
  func probe() throws(DataError) {
    if let descriptor {
      let flags = fcntl(descriptor, F_GETFL)
      guard flags >= 0, flags & O_ACCMODE != O_RDONLY else { throw .system("write", path, EBADF) }
    } else if NativePath.withPath(path, { access($0, W_OK) }) != 0 {
      throw .system("write", path, errno)
    }
  }

  /// The descriptor that a path leads to by way of the process's folder of descriptors in /proc.
  private static func descriptor(of path: String) -> Int32? {
    var path = path
    // As many links as Linux follows.
    for _ in 0..<40 {
      if let number = Int32(NativePath.name(of: path)), isFolderOfDescriptors(NativePath.folder(of: path)) {
        return number
      }
      guard let link = FileSystem.link(path) else { return nil }
      path = link
    }
    return nil
  }

  private static func isFolderOfDescriptors(_ folder: String) -> Bool {
    guard let resolved = NativePath.withPath(folder, { realpath($0, nil) }) else { return false }
    defer { free(resolved) }
    let names = NativePath.components(NativePath.text(resolved))
    return names.count > 2 && names[0] == "proc" && names[1] == "\(getpid())" && names.last == "fd"
  }
}
