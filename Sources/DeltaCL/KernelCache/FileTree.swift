import DeltaCLSystem
import Glibc

/// Files and folders as they are on the disk: links are not followed, and what is neither file nor folder is `other`.
enum FileTree {
  struct Failure: Error {
    let reason: String
    /// The system's number; 0 if it has none.
    let number: Int32

    init(_ number: Int32) {
      reason = String(cString: strerror(number))
      self.number = number
    }

    init(reason: String) {
      self.reason = reason
      number = 0
    }
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

  /// Whether a path leads to a folder, also through links.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return NativePath.withPath(path) { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The names in a folder, sorted; none if it cannot be read.
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

  /// The bytes that a file takes on the disk, or a folder with all that it holds.
  static func size(_ path: String) -> Int {
    var status = stat()
    guard NativePath.withPath(path, { lstat($0, &status) }) == 0 else { return 0 }
    let own = Int(status.st_blocks) * 512
    guard status.st_mode & S_IFMT == S_IFDIR else { return own }
    return SmallFile.names(in: path).reduce(own) { $0 + size("\(path)/\($1)") }
  }

  /// Makes a folder and those above it that are missing.
  ///
  /// - Parameter root: Below it a file that stands in the place of a folder is removed.
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

  /// Makes a folder and returns the error number, 0 for success.
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

  /// Writes a new file; nothing is left if that fails.
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
