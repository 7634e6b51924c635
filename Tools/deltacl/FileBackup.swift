import DeltaCLData
import DeltaCLSystem
import Foundation

/// Files as they are, to be restored if their replacements turn out to be worse.
///
/// Each file gets a second, hidden name in its folder, which costs no copy. File systems without hard links have no backup.
final class FileBackup {
  private struct Entry {
    let path: String
    /// The hidden name of the file that was there, and the descriptor with the lock that tells it from a leftover; `nil` if
    /// there was no file.
    let backup: (path: String, descriptor: Int32)?
  }

  private var entries: [Entry] = []

  /// Keeps the files at `paths`.
  ///
  /// - Throws: `DataError` if links lead in a circle.
  init(_ paths: [String]) throws {
    for (index, path) in paths.enumerated() {
      let target = try FileSystem.target(of: path)
      guard FileSystem.exists(target) else {
        entries.append(Entry(path: target, backup: nil))
        continue
      }
      // Only files are replaced, and opening a pipe would wait.
      guard FileSystem.isFile(target) else { continue }
      // A name that AtomicFile removes as a leftover if this process is killed.
      let backup = "\(NativePath.folder(of: target))/.deltacl-\(getpid())-\(index).tmp"
      let descriptor = NativePath.withPath(target) { open($0, O_RDONLY | O_CLOEXEC) }
      guard descriptor >= 0 else { continue }
      flock(descriptor, LOCK_EX)
      Self.remove(backup)
      guard NativePath.withPath(target, { from in NativePath.withPath(backup) { to in link(from, to) } }) == 0 else {
        close(descriptor)
        continue
      }
      entries.append(Entry(path: target, backup: (backup, descriptor)))
    }
  }

  /// Puts the files back.
  ///
  /// - Returns: The paths at which that failed.
  func restore() -> [String] {
    var failed: [String] = []
    for entry in entries {
      guard let backup = entry.backup else {
        Self.remove(entry.path)
        continue
      }
      let status = NativePath.withPath(backup.path) { from in NativePath.withPath(entry.path) { to in rename(from, to) }
      }
      if status != 0 { failed.append(entry.path) }
    }
    drop()
    return failed
  }

  deinit {
    drop()
  }

  private func drop() {
    for case let backup? in entries.map(\.backup) {
      Self.remove(backup.path)
      close(backup.descriptor)
    }
    entries = []
  }

  private static func remove(_ path: String) {
    _ = NativePath.withPath(path) { unlink($0) }
  }
}
