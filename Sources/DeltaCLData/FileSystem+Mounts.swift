import DeltaCLSystem
import Glibc

extension FileSystem {
  /// Whether something is mounted at `path`, as a container's engine does with single files: it can be written to and not replaced.
  static func isMountPoint(_ path: String) -> Bool {
    guard let resolved = NativePath.withPath(path, { realpath($0, nil) }) else { return false }
    defer { free(resolved) }
    let wanted = NativePath.bytes(NativePath.text(resolved))
    return Mount.all.contains { NativePath.bytes($0.point) == wanted }
  }
}
