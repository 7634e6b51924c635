import DeltaCLSystem
import Glibc

/// Files and folders as the system has them: what is no plain file or folder is told apart, and no link is followed.
enum FileTree {
  struct Failure: Error {
    let reason: String
    init(_ number: Int32) { reason = String(cString: strerror(number)) }
    init(reason: String) { self.reason = reason }
  }

  enum Kind {
    case file, folder, other
  }

  static func kind(_ path: String) -> Kind? {
    var status = stat()
    guard NativePath.withPath(path, { lstat($0, &status) }) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .other
    }
  }

  /// Whether a path leads to a folder, by links too.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return NativePath.withPath(path) { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The names in a folder, sorted; none where it cannot be read.
  static func names(in folder: String) -> [String] {
    SmallFile.names(in: folder).sorted()
  }

  /// The paths of the files below a folder, relative to it and sorted.
  static func files(below folder: String) -> [String] {
    names(in: folder).flatMap { name -> [String] in
      switch kind("\(folder)/\(name)") {
      case .folder: return files(below: "\(folder)/\(name)").map { "\(name)/\($0)" }
      case .file: return [name]
      default: return []
      }
    }
  }

  /// Makes a folder and those above it that are missing.
  ///
  /// - Parameter replacesFiles: Whether a file in the place of the folder or, below `root`, of one above it gives way.
  static func makeFolder(_ path: String, replacingFilesBelow root: String? = nil) throws(Failure) {
    if isFolder(path) { return }
    let parent = NativePath.folder(of: path)
    if parent != "." && parent != "/" { try makeFolder(parent, replacingFilesBelow: root) }
    var number = Self.make(path)
    if number == 0 { return }
    guard number == EEXIST else { throw Failure(number) }
    // Another process may have made it meanwhile.
    if kind(path) == .folder { return }
    if let root, NativePath.isPath(path, below: root) {
      unlinkFile(path)
      number = Self.make(path)
      if number == 0 { return }
    }
    throw Failure(number == EEXIST ? ENOTDIR : number)
  }

  /// Makes a folder and returns the number of what went wrong, 0 for nothing.
  private static func make(_ path: String) -> Int32 {
    NativePath.withPath(path) { mkdir($0, 0o777) == 0 ? 0 : errno }
  }

  private static func unlinkFile(_ path: String) {
    _ = NativePath.withPath(path) { unlink($0) }
  }

  /// Removes a file, or a folder with all that it holds, as far as it can.
  static func remove(_ path: String) {
    guard kind(path) == .folder else {
      unlinkFile(path)
      return
    }
    for name in names(in: path) { remove("\(path)/\(name)") }
    _ = NativePath.withPath(path) { rmdir($0) }
  }

  /// The bytes of a plain file; `nil` where it cannot be read.
  static func read(_ path: String) -> [UInt8]? {
    let descriptor = NativePath.withPath(path) { open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let size = Int(status.st_size)
    // What a driver compiles has some tens of kilobytes.
    guard size <= 1 << 28 else { return nil }
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size, let start = buffer.baseAddress {
        let received = Glibc.read(descriptor, start + count, size - count)
        if received < 0 && errno == EINTR { continue }
        guard received > 0 else { break }
        count += received
      }
    }
    return bytes.count == size ? bytes : nil
  }

  /// Writes a new file; nothing is left where that fails.
  static func write(_ bytes: [UInt8], toNew path: String) throws(Failure) {
    let (descriptor, number) = NativePath.withPath(path) {
      (open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o666), errno)
    }
    guard descriptor >= 0 else { throw Failure(number) }
    var start = 0
    var failure: Int32 = 0
    while start < bytes.count && failure == 0 {
      let sent = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + start }, buffer.count - start)
      }
      if sent > 0 { start += sent } else if sent == 0 || errno != EINTR { failure = sent == 0 ? EIO : errno }
    }
    // Some file systems report a full disk only here.
    if close(descriptor) != 0 && failure == 0 { failure = errno }
    guard failure == 0 else {
      unlinkFile(path)
      throw Failure(failure)
    }
  }
}
