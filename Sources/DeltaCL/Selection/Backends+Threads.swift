import Foundation

extension Backends {
  /// Keeps each thread of a PoCL device on a processor of its own, if the process may use all of them.
  ///
  /// After a wait, the system otherwise often starts two threads on one processor and leaves another idle for a while, and
  /// short steps with a wait after each take up to a third longer.
  ///
  /// Call it while the process has a single thread, before anything else of this package: it sets the environment variable
  /// `POCL_AFFINITY`, which PoCL reads when it starts. Nothing is done if that is set already, if a variable sets the
  /// number of threads, if the process is bound to some of the processors, as by `taskset`, or if the system is not
  /// Linux.
  public static func pinThreads() {
    let environment = ProcessInfo.processInfo.environment
    guard
      !["POCL_MAX_PTHREAD_COUNT", "POCL_PTHREAD_MIN_THREADS"].contains(where: { environment[$0] != nil }),
      let online = try? String(contentsOfFile: "/sys/devices/system/cpu/online", encoding: .utf8),
      let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      canPinThreads(processStatus: status, onlineProcessors: online)
    else { return }
    setenv("POCL_AFFINITY", "1", 0)
  }

  /// Whether a process may use all processors, and these are numbered from 0 without a gap: PoCL binds thread n to processor
  /// n, whatever the process is bound to, and ends the process if it cannot.
  static func canPinThreads(processStatus: String, onlineProcessors: String) -> Bool {
    let key = "Cpus_allowed_list:"
    guard let line = processStatus.split(separator: "\n").first(where: { $0.hasPrefix(key) }) else { return false }
    let allowed = line.dropFirst(key.count).trimmingCharacters(in: .whitespaces)
    let online = onlineProcessors.trimmingCharacters(in: .whitespacesAndNewlines)
    return allowed == online && (online == "0" || online.hasPrefix("0-")) && !online.contains(",")
  }
}
