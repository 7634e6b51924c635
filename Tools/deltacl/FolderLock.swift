import DeltaCLSystem
import Foundation

/// Keeps a folder for one process. The system releases the lock when the process ends, however it ends.
final class FolderLock {
  private let descriptor: Int32

  /// Locks a folder that exists.
  ///
  /// - Throws: ``CommandFailure`` if another process has locked it, with that process's number. If locks are unavailable
  ///   there is a warning.
  init(_ folder: String) throws {
    descriptor = NativePath.withPath(folder) { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    // The folder itself, so that no file remains.
    guard descriptor < 0 || flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return }
    let number = errno
    let holder = Self.holder(of: descriptor).map { ", process \($0)," } ?? ""
    guard number == EWOULDBLOCK else {
      // As on some network file systems, or without permission to read the folder.
      Output.message(
        "warning: \(folder.escapedForTerminal) cannot be locked (\(String(cString: strerror(number)))): see that no other training "
          + "writes there")
      return
    }
    throw CommandFailure(
      "\(folder): another training\(holder) is writing its results there: wait until it has ended, or choose another folder "
        + "with --output")
  }

  /// Waits for the lock of a folder that exists. If locks are unavailable it does without.
  init(waitingFor folder: String) {
    descriptor = NativePath.withPath(folder) { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    while descriptor >= 0 && flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
  }

  deinit {
    // An initialiser that throws ends here too.
    if descriptor >= 0 { close(descriptor) }
  }

  /// The process that holds the lock; `nil` if the system does not say.
  private static func holder(of descriptor: Int32) -> Int? {
    var status = stat()
    guard fstat(descriptor, &status) == 0, let locks = SmallFile.read("/proc/locks") else { return nil }
    let (major, minor) = (status.st_dev >> 8 & 0xfff, status.st_dev & 0xff | status.st_dev >> 12 & 0xfff00)
    let file = String(format: "%02lx:%02lx:%lu", UInt(major), UInt(minor), UInt(status.st_ino))
    // proc(5): "1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF", the file being the device's numbers and the inode.
    for line in String(decoding: locks, as: UTF8.self).split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count >= 6, fields[1] == "FLOCK", fields[5] == file else { continue }
      return Int(fields[4]).flatMap { $0 > 0 ? $0 : nil }
    }
    return nil
  }
}
