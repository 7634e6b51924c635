#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How much memory the process can still take.
package enum AvailableMemory {
  /// The bytes that can be allocated without swapping or meeting a limit: the least of what the kernel estimates, what the
  /// control groups leave and what the address space has room for.
  package static var byteCount: Int {
    var least = physicalBytes / 2
    #if os(Linux)
      if let available = meminfo("MemAvailable") { least = available }
      for folder in controlGroups() {
        guard let limit = number("\(folder)/memory.max"), let used = number("\(folder)/memory.current") else {
          continue
        }
        // Pages of files that are inactive go when memory is short.
        let reclaimable = statistic("inactive_file", in: "\(folder)/memory.stat") ?? 0
        least = min(least, max(0, limit - used + reclaimable))
      }
      var limit = rlimit()
      if getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < UInt64(Int.max) {
        let pages = text("/proc/self/statm")?.split(separator: " ").first.flatMap { Int($0) } ?? 0
        least = min(least, max(0, Int(limit.rlim_cur) - pages * sysconf(Int32(_SC_PAGESIZE))))
      }
    #endif
    return least
  }

  /// The machine's memory.
  private static var physicalBytes: Int {
    let (bytes, overflow) = sysconf(Int32(_SC_PHYS_PAGES)).multipliedReportingOverflow(by: sysconf(Int32(_SC_PAGESIZE)))
    return overflow || bytes <= 0 ? 1 << 31 : bytes
  }

  #if os(Linux)
    private static func meminfo(_ key: String) -> Int? {
      let line = text("/proc/meminfo")?.split(separator: "\n").first { $0.hasPrefix("\(key):") }
      return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }

    /// The folders of the process's control group and those above it.
    private static func controlGroups() -> [String] {
      let lines = text("/proc/self/cgroup")?.split(separator: "\n") ?? []
      guard let line = lines.first(where: { $0.hasPrefix("0::") }) else { return [] }
      var path = String(line.dropFirst(3))
      var folders: [String] = []
      while true {
        folders.append("/sys/fs/cgroup" + (path == "/" ? "" : path))
        guard let separator = path.lastIndex(of: "/"), separator != path.startIndex else { break }
        path = String(path[..<separator])
      }
      return folders + ["/sys/fs/cgroup"]
    }

    private static func statistic(_ key: String, in path: String) -> Int? {
      let line = text(path)?.split(separator: "\n").first { $0.hasPrefix("\(key) ") }
      return line?.split(separator: " ").last.flatMap { Int($0) }
    }

    /// The number in a file; `nil` for "max" and where there is no file.
    private static func number(_ path: String) -> Int? {
      text(path)?.split(separator: "\n").first.flatMap { Int($0) }
    }

    private static func text(_ path: String) -> String? {
      SmallFile.read(path).map { String(decoding: $0, as: UTF8.self) }
    }
  #endif
}
