import Glibc

/// Files and folders by path.
public enum FileSystem {
  /// Half of the machine's memory: a file that is larger cannot be held and worked on.
  static let memoryLimit: Int = {
    let (bytes, overflow) = sysconf(Int32(_SC_PHYS_PAGES)).multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
    return overflow || bytes <= 0 ? 1 << 30 : bytes / 2
  }()

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
  /// - Throws: `DataError` when the file is missing, unreadable, no regular file, or larger than `limit` bytes.
  public static func read(_ path: String, limit: Int = .max) throws(DataError) -> [UInt8] {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system("open", path, errno) }
    defer { close(descriptor) }

    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system("read", path, errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is not a regular file"
      throw DataError(.unsupported, path, "\(kind); name a file")
    }
    let size = Int(status.st_size)
    let allowed = min(limit, memoryLimit)
    guard size <= allowed else {
      throw DataError(.tooLarge, path, "has \(size) bytes, more than the \(allowed) that can be read here")
    }

    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let received = Self.read(descriptor, buffer, from: count, to: size)
        if received < 0 && errno == EINTR { continue }
        if received < 0 { failure = errno }
        if received <= 0 { break }
        count += received
      }
    }
    guard failure == 0 else { throw .system("read", path, failure) }
    return bytes
  }

  /// Creates the folder `path` and those above it that are missing.
  ///
  /// - Throws: `DataError` when a folder cannot be created or a file stands in its place.
  public static func createFolder(_ path: String) throws(DataError) {
    guard !path.isEmpty else { throw DataError(.notFound, "''", "is no folder name; give a path") }
    if isFolder(path) { return }
    if let separator = path.lastIndex(of: "/"), separator != path.startIndex {
      try createFolder(String(path[..<separator]))
      if path.index(after: separator) == path.endIndex { return }
    }
    guard mkdir(path, 0o777) != 0 else { return }
    let number = errno
    // Somebody else may have created it meanwhile.
    guard !isFolder(path) else { return }
    guard number != EEXIST else {
      throw DataError(.writeFailed, path, "cannot create the folder: a file of that name exists; choose another path")
    }
    throw .system("create the folder", path, number)
  }

  /// The type bits of `st_mode`, or nil where nothing can be found.
  static func fileType(_ path: String) -> mode_t? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return status.st_mode & S_IFMT
  }

  private static func read(
    _ descriptor: Int32, _ buffer: UnsafeMutableBufferPointer<UInt8>, from start: Int, to end: Int
  ) -> Int {
    guard let base = buffer.baseAddress else { return 0 }
    // Linux transfers at most 2 GiB at a time; the loop around this call goes on.
    return Glibc.read(descriptor, base + start, end - start)
  }
}
