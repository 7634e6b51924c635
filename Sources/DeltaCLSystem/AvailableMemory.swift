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
  package static var byteCount: Int { byteCount(below: "") }

  /// The same with another folder in place of the root of the file system, for tests.
  package static func byteCount(below systemRoot: String) -> Int {
    var least = physicalBytes / 2
    #if os(Linux)
      if let available = meminfo("MemAvailable", below: systemRoot) { least = available }
      if let available = ControlGroups(systemRoot: systemRoot).availableBytes { least = min(least, available) }
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
    private static func meminfo(_ key: String, below systemRoot: String) -> Int? {
      let line = text("\(systemRoot)/proc/meminfo")?.split(separator: "\n").first { $0.hasPrefix("\(key):") }
      return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }

    private static func text(_ path: String) -> String? {
      SmallFile.read(path).map { String(decoding: $0, as: UTF8.self) }
    }
  #endif
}
