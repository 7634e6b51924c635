import DeltaCLSystem
import Foundation

/// Where this process lets PoCL compile, and where what it compiled is kept.
struct KernelCacheFolder {
  /// The folder that is the driver's own as long as this process lives.
  let process: String
  /// Keeps other processes from taking that folder for an abandoned one; closed with the process.
  let lock: Int32
  /// What earlier processes compiled; `nil` if nothing can be kept.
  let store: KernelStore?
  /// Why what this process compiles is not kept, in one line that says what to do; `nil` if it is.
  let obstacle: String?

  /// `ST_NOEXEC`, which the C library declares only where asked to.
  private static let noExecutionFlag: UInt = 8
  private static let processPrefix = "process-"
  /// The least free disk space to try with.
  private static let leastBytes = 16 << 20

  /// Chooses the folders and makes that of the process.
  ///
  /// - Throws: ``DeltaCLError``: `kernelCache` if no folder can be written, `invalidArgument` for an invalid limit.
  init(environment: [String: String]) throws(DeltaCLError) {
    let place = Place(environment: environment)
    let limit = try KernelStore.limit(environment: environment)
    var reason = place.folder == nil ? "HOME is not set" : ""
    if let folder = place.folder {
      do {
        (process, lock) = try Self.make(in: folder, prefix: Self.processPrefix)
        store = KernelStore(folder: "\(folder)/kernels", limit: limit)
        obstacle = nil
        return
      } catch {
        reason = error.reason
      }
    }
    let temporary = environment["TMPDIR"].flatMap { NativePath.isAbsolute($0) ? $0 : nil }
    var lastReason = ""
    let folders = ([temporary].compactMap(\.self) + ["/tmp", "/var/tmp", "/dev/shm"])
    for folder in folders {
      do {
        (process, lock) = try Self.make(in: folder, prefix: "deltacl-\(getuid())-")
        // What is there may be useful even if nothing can be added.
        store = place.folder.map { KernelStore(folder: "\($0)/kernels", limit: limit) }
        obstacle =
          "compiled kernels cannot be kept in \(place.description) (\(reason)), so every run compiles them again, in \(folder): "
          + place.cure
        return
      } catch {
        lastReason = "\(folder): \(error.reason)"
      }
    }
    throw DeltaCLError(
      .kernelCache,
      "the OpenCL driver has no folder to compile kernels in: \(place.description) (\(reason)) cannot be written, nor any of "
        + "\(folders.joined(separator: ", ")) (\(lastReason)): \(place.cure)")
  }

  /// Where kernels would be kept, which variable says so, and what to do if that fails.
  struct Place {
    let folder: String?
    let description: String
    let cure: String

    init(environment: [String: String]) {
      func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
      if let path = value("POCL_CACHE_DIR") {
        let absolute = NativePath.absolute(path)
        folder = "\(absolute)/deltacl"
        description = "\(path), which POCL_CACHE_DIR names"
        cure = "set POCL_CACHE_DIR to a folder that can be written, or unset it"
        return
      }
      cure = "set POCL_CACHE_DIR to a folder that can be written, or mend HOME"
      guard let cache = Tuning.cacheFolder(environment: environment) else {
        folder = nil
        description = "the home folder"
        return
      }
      folder = "\(cache)/pocl"
      let name =
        ["DELTACL_CACHE_DIR", "XDG_CACHE_HOME"].first { value($0).map { cache.utf8.starts(with: $0.utf8) } ?? false }
        ?? "HOME"
      description = "\(cache)/pocl, which follows from \(name)"
    }
  }

  /// Why PoCL may report no device, as it does if it cannot make the folder that it compiles in.
  static func reasonForNoDevice(environment: [String: String]) -> String {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let folder =
      value("POCL_CACHE_DIR") ?? value("XDG_CACHE_HOME").map { "\($0)/pocl/kcache" }
      ?? environment["HOME"].map { "\($0)/.cache/pocl/kcache" } ?? "/tmp/pocl/kcache"
    do throws(FileTree.Failure) {
      try FileTree.makeFolder(folder)
      guard NativePath.withPath(folder, { access($0, W_OK | X_OK) }) == 0 else { throw FileTree.Failure(errno) }
      return "see that memory and threads are not limited too tightly (ulimit -a); POCL_DEBUG=all makes it say more"
    } catch {
      return
        "it has to compile kernels in \(folder) and cannot (\(error.reason)): set POCL_CACHE_DIR to a folder that can "
        + "be written, or mend HOME"
    }
  }

  private static func make(in folder: String, prefix: String) throws(FileTree.Failure) -> (path: String, lock: Int32) {
    try FileTree.makeFolder(folder)
    if let reason = shortcoming(of: folder) { throw FileTree.Failure(reason: reason) }
    removeLeft(in: folder, prefix: prefix)
    var number: Int32 = EAGAIN
    for _ in 0..<16 {
      var template = (NativePath.bytes("\(folder)/\(prefix)XXXXXX") + [0]).map { CChar(bitPattern: $0) }
      guard mkdtemp(&template) != nil else { throw FileTree.Failure(errno) }
      let path = NativePath.text(template.dropLast().map { UInt8(bitPattern: $0) })
      let descriptor = NativePath.withPath(path) { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) }
      // Another process may have taken the folder for an abandoned one before it was locked.
      if descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK,
        FileTree.kind(path) == .folder
      {
        return (path, descriptor)
      }
      number = errno
      if descriptor >= 0 { close(descriptor) }
    }
    throw FileTree.Failure(number)
  }

  /// Why a driver could not compile in a folder that exists.
  private static func shortcoming(of folder: String) -> String? {
    var status = statvfs()
    guard NativePath.withPath(folder, { statvfs($0, &status) }) == 0 else { return nil }
    if status.f_flag & noExecutionFlag != 0 { return "its file system is mounted noexec, so nothing there can be run" }
    if status.f_flag & UInt(ST_RDONLY) != 0 { return String(cString: strerror(EROFS)) }
    let free = Int(clamping: status.f_bavail).multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
    if !free.overflow, free.partialValue < leastBytes {
      return "its disk has \(free.partialValue) bytes left, fewer than \(leastBytes)"
    }
    return nil
  }

  /// Removes the folders of processes that were killed, known by locks that nobody holds.
  private static func removeLeft(in folder: String, prefix: String) {
    for name in FileTree.names(in: folder) where name.hasPrefix(prefix) {
      let path = "\(folder)/\(name)"
      var status = stat()
      let descriptor = NativePath.withPath(path) { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) }
      guard descriptor >= 0 else { continue }
      defer { close(descriptor) }
      if fstat(descriptor, &status) == 0, status.st_uid == geteuid(), flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        FileTree.remove(path)
      }
    }
  }
}
