#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Files and folders that are read whole, for callers that need no reason for a failure.
package enum SmallFile {
  /// The bytes of a regular file; `nil` if it cannot be read or has more than `limit` bytes.
  ///
  /// - Parameter followsLinks: Whether `path` may be a symbolic link.
  package static func read(_ path: String, limit: Int = 1 << 24, followsLinks: Bool = true) -> [UInt8]? {
    // Opening a named pipe must not wait for a writer.
    let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW)
    let descriptor = NativePath.withPath(path) { open($0, flags) }
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
      return nil
    }
    // Files of the kernel say that they have no bytes.
    var room = status.st_size > 0 ? Int(status.st_size) : 1 << 12
    var bytes: [UInt8] = []
    while let part = part(descriptor, room), bytes.count + part.count <= limit {
      if part.isEmpty { return bytes }
      if bytes.isEmpty { bytes = part } else { bytes.append(contentsOf: part) }
      room = 1 << 12
    }
    return nil
  }

  /// The next bytes, at most `room`; empty at the end, `nil` if they cannot be read.
  private static func part(_ descriptor: Int32, _ room: Int) -> [UInt8]? {
    var hasFailed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      repeat {
        #if canImport(Glibc)
          let received = Glibc.read(descriptor, buffer.baseAddress, room)
        #elseif canImport(Musl)
          let received = Musl.read(descriptor, buffer.baseAddress, room)
        #else
          let received = Darwin.read(descriptor, buffer.baseAddress, room)
        #endif
        count = max(0, received)
        hasFailed = received < 0
      } while hasFailed && errno == EINTR
    }
    return hasFailed ? nil : bytes
  }

  /// The names in a folder, without an order; empty if it cannot be read.
  package static func names(in folder: String) -> [String] {
    guard let stream = NativePath.withPath(folder, { opendir($0) }) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { NativePath.text($0.prefix { $0 != 0 }) }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// Whether anything exists at a path.
  package static func exists(_ path: String) -> Bool {
    NativePath.withPath(path) { access($0, F_OK) } == 0
  }
}
