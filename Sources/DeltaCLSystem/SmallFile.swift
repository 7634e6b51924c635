#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Files and folders that are read whole where a failure needs no reason.
package enum SmallFile {
  /// The bytes of a regular file; `nil` where it cannot be read or has more than `limit` bytes.
  package static func read(_ path: String, limit: Int = 1 << 24) -> [UInt8]? {
    // Opening a named pipe must not wait for a writer.
    let descriptor = NativePath.withPath(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      #if canImport(Glibc)
        let received = Glibc.read(descriptor, &chunk, chunk.count)
      #elseif canImport(Musl)
        let received = Musl.read(descriptor, &chunk, chunk.count)
      #else
        let received = Darwin.read(descriptor, &chunk, chunk.count)
      #endif
      if received < 0 && errno == EINTR { continue }
      guard received >= 0, bytes.count + received <= limit else { return nil }
      if received == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<received])
    }
  }

  /// The names in a folder, without an order; empty where it cannot be read.
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
