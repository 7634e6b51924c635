import CrashMessage
import DeltaCL
import DeltaCLSystem
import Foundation

/// What has to be done before an OpenCL driver is loaded.
enum Driver {
  /// Gives PoCL a cache of verified kernels, makes sure that it can start its threads, and has a line printed if a driver ends
  /// the process.
  ///
  /// - Throws: `DeltaCLError` (`outOfThreads`).
  static func prepare() throws {
    Backends.verifyKernelCache()
    // PoCL aborts if it cannot start one for each processor. The linker that it runs takes another.
    let environment = ProcessInfo.processInfo.environment
    let count = environment["POCL_MAX_PTHREAD_COUNT"].flatMap(Int.init) ?? ProcessInfo.processInfo.activeProcessorCount
    try CheckedThread.probe(min(max(count, 1), 1024) + 1, for: "the OpenCL driver")
    let folder = NativePath.environment("POCL_CACHE_DIR")?.escapedForTerminal ?? "the cache folder"
    crash_message_set(
      "deltacl: error: the process crashed, most likely in an OpenCL driver that could not compile: see that the disk with its "
        + "folder \(folder) is not full (POCL_CACHE_DIR names another) and that file sizes, memory and processes are not limited "
        + "too tightly (ulimit -a); otherwise report a bug with the device and the command\n")
  }
}
