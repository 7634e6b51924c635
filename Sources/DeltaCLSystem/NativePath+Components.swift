#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The parts of paths. They are told apart by bytes: a slash with a combining mark after it is one `Character`, which is no slash.
extension NativePath {
  private static let separator = UInt8(ascii: "/")

  /// The names in a path, without the slashes.
  package static func components(_ path: String) -> [String] {
    path.utf8.split(separator: separator).map { String(Substring($0)) }
  }

  /// The path of the folder that holds what `path` names: `.` for a name alone, `/` for one in the root.
  package static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: separator) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last name in a path; empty if a slash ends it.
  package static func name(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: separator) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }

  /// Whether a path begins at the root.
  package static func isAbsolute(_ path: String) -> Bool {
    path.utf8.first == separator
  }

  /// The path from the root; as it is if the current folder is gone.
  package static func absolute(_ path: String) -> String {
    guard !isAbsolute(path), let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return "\(text(folder))/\(path)"
  }

  /// The path without one slash at its end, which the root keeps.
  package static func withoutFinalSlash(_ path: String) -> String {
    path.utf8.count > 1 && path.utf8.last == separator ? String(Substring(path.utf8.dropLast())) : path
  }

  /// Whether `path` lies below `folder`, judged by the text alone.
  package static func isPath(_ path: String, below folder: String) -> Bool {
    path.utf8.starts(with: (folder + "/").utf8)
  }

  /// Whether a path ends in `ending`.
  package static func hasEnding(_ path: String, _ ending: String) -> Bool {
    path.utf8.reversed().starts(with: ending.utf8.reversed())
  }
}
