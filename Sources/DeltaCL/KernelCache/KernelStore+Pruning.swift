import DeltaCLSystem
import Glibc

/// The store is bounded: the least recently used programs are removed first.
///
/// The time of a program's folder is that of its last use. Processes use copies, so one whose programs are removed meanwhile only
/// compiles them again.
extension KernelStore {
  static let limitVariable = "DELTACL_CACHE_MAXSIZE"
  static let defaultLimit = 1 << 30

  /// The bytes on the disk that `DELTACL_CACHE_MAXSIZE` allows: a number, optionally followed by K, M or G; 0 is no limit.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) for another text.
  static func limit(environment: [String: String]) throws(DeltaCLError) -> Int {
    guard let text = environment[limitVariable], !text.isEmpty else { return defaultLimit }
    let units: [Unicode.Scalar: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    let unit = text.uppercased().unicodeScalars.last.flatMap { units[$0] }
    let digits = unit == nil ? text : String(text.dropLast())
    if digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let number = Int(digits) {
      let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
      if !overflow { return bytes == 0 ? .max : bytes }
    }
    throw DeltaCLError(
      .invalidArgument,
      "\(limitVariable) is \(Excerpt.quoted(text)): set it to a number of bytes, which may have K, M or G after it, as 512M, to 0 "
        + "for no limit, or unset it")
  }

  /// Marks a program as used now.
  func touch(_ program: String) {
    _ = NativePath.withPath("\(folder)/\(program)") { utimensat(AT_FDCWD, $0, nil, AT_SYMLINK_NOFOLLOW) }
  }

  /// Above the limit, removes programs down to four fifths of it, so that not every process has to.
  func prune() {
    let lock = NativePath.withPath(folder) { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard lock >= 0 else { return }
    defer { close(lock) }
    // Another process is pruning already.
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else { return }
    var programs: [(path: String, lastUse: (Int, Int), size: Int)] = FileTree.names(in: folder).compactMap { name in
      var status = stat()
      let path = "\(folder)/\(name)"
      guard NativePath.withPath(path, { lstat($0, &status) }) == 0 else { return nil }
      return (path, (status.st_mtim.tv_sec, status.st_mtim.tv_nsec), FileTree.size(path))
    }
    var total = programs.reduce(0) { $0 + $1.size }
    guard total > limit else { return }
    programs.sort { $0.lastUse < $1.lastUse }
    for program in programs where total > limit / 5 * 4 {
      FileTree.remove(program.path)
      total -= program.size
    }
  }
}
