import DeltaCLSystem
import Foundation
import OpenCL

extension Backends {
  /// Every OpenCL device of every platform, in the order of their indices, then the reference backend.
  ///
  /// A platform that fails to answer has none and does not affect the others; see ``failures()``.
  public static func available() -> [BackendCandidate] { discover().candidates }

  /// The platforms and devices that failed to answer, the platforms without a device, and an OpenCL loader without a
  /// platform.
  public static func failures() -> [PlatformFailure] { discover().failures }

  static func discover() -> (candidates: [BackendCandidate], failures: [PlatformFailure]) {
    var candidates: [BackendCandidate] = []
    var failures: [PlatformFailure] = []
    do {
      let platforms = try Platform.answers()
      if platforms.isEmpty { failures.append(PlatformFailure(subject: "OpenCL", reason: reasonForNoPlatform)) }
      for (platformIndex, answer) in platforms.enumerated() {
        var subject = "platform \(platformIndex)"
        do {
          let platform = try answer.get()
          subject += " (\(platform.name))"
          let devices = try platform.deviceAnswers()
          if devices.isEmpty {
            failures.append(PlatformFailure(subject: subject, reason: reasonForNoDevice(of: platform)))
          }
          for (deviceIndex, answer) in devices.enumerated() {
            switch answer {
            case .success(let device):
              candidates.append(
                BackendCandidate(
                  device, platformIndex: platformIndex, deviceIndex: deviceIndex,
                  selfTest: SelfTestRecord.state(of: device, family: try? defaultFamily)))
            case .failure(let error):
              failures.append(
                PlatformFailure(subject: "device \(platformIndex):\(deviceIndex) of \(subject)", reason: "\(error)"))
            }
          }
        } catch {
          failures.append(PlatformFailure(subject: subject, reason: "\(error)"))
        }
      }
    } catch {
      failures.append(PlatformFailure(subject: "the OpenCL loader", reason: "\(error)"))
    }
    return (candidates + [.reference], failures)
  }

  private static func reasonForNoDevice(of platform: Platform) -> String {
    guard platform.isPoCL else { return "it has no device" }
    let reason = KernelCacheFolder.reasonForNoDevice(environment: NativePath.environment)
    return "it has no device: \(reason)"
  }

  /// What the loader found no driver for.
  private static var reasonForNoPlatform: String {
    let environment = ProcessInfo.processInfo.environment
    let folder =
      ["OCL_ICD_VENDORS", "OPENCL_VENDOR_PATH"].lazy.compactMap { environment[$0] }.first ?? "/etc/OpenCL/vendors"
    let drivers = FileTree.names(in: folder).filter { NativePath.hasEnding($0, ".icd") }
    guard drivers.isEmpty else {
      return
        "the loader could use none of the drivers that \(folder) names (\(drivers.joined(separator: ", "))): see that "
        + "their libraries are there and whole, and that memory is not limited too tightly (ulimit -v)"
    }
    return
      "no OpenCL platform is installed: to compute on the processor install PoCL (apt-get install pocl-opencl-icd), on "
      + "a GPU the driver of its vendor"
  }

  /// Has PoCL compile in a folder of this process, with what earlier processes compiled as far as it is verified.
  ///
  /// PoCL keeps what it compiles in a folder, and crashes or computes wrong if a file there is damaged. After this call
  /// it reads copies whose checksums were right, and compiles the rest again; what is new is kept when the process exits, in
  /// `deltacl` in `POCL_CACHE_DIR`, or without that in `pocl` in the cache folder of ``Tuning/cacheFolder``. Where neither
  /// can be written, a temporary folder serves, and opening a PoCL device says so on standard error. Without this call PoCL
  /// uses its own cache, unverified.
  ///
  /// Call it while the process has a single thread, before anything else of this package: it sets the environment variable
  /// `POCL_CACHE_DIR`, which PoCL reads when it starts. Further calls do nothing.
  public static func verifyKernelCache() {
    KernelCache.install()
  }

  /// Why what PoCL compiles after ``verifyKernelCache()`` is not kept; `nil` if it is.
  public static var kernelCacheObstacle: String? {
    KernelCache.current?.folder.obstacle ?? KernelCache.failure?.message
  }

  /// Says, once, that what a device's driver compiles is not kept.
  static func announceKernelCache(for device: Device) {
    guard device.isPoCL, let obstacle = kernelCacheObstacle else { return }
    if announced.withLock({ $0.insert(obstacle).inserted }) { StandardError.line("warning: \(obstacle)") }
  }
}

extension Platform {
  /// Whether the platform is PoCL.
  var isPoCL: Bool { name == "Portable Computing Language" }
}

extension Device {
  /// Whether the device is PoCL's.
  var isPoCL: Bool { platform.isPoCL }
}
