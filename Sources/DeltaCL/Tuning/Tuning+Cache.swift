import DeltaCLSystem
import Foundation
public import OpenCL

extension Tuning {
  /// The folder for what `deltacl tune` finds: `DELTACL_CACHE_DIR`, else `deltacl` in `XDG_CACHE_HOME`, else
  /// `~/.cache/deltacl`; `nil` without a home.
  public static var cacheFolder: String? { cacheFolder(environment: NativePath.environment) }

  static func cacheFolder(environment: [String: String]) -> String? {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    if let folder = value("DELTACL_CACHE_DIR") { return folder }
    // By the XDG specification paths that are not absolute are ignored.
    if let folder = value("XDG_CACHE_HOME"), NativePath.isAbsolute(folder) { return "\(folder)/deltacl" }
    return value("HOME").map { "\($0)/.cache/deltacl" }
  }

  /// The tuning that a backend uses by default: what the cache folder has for the device, or `nil` if
  /// there is none or `DELTACL_TUNING` is 0.
  ///
  /// A file that is damaged or made for another driver or other kernels is ignored with a warning on standard error.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidArgument`) if `DELTACL_TUNING` is neither 0 nor 1.
  public static func current(for device: Device, family: KernelFamily? = nil) throws(DeltaCLError) -> Tuning? {
    guard try Switch.tuning.isOn, let folder = cacheFolder, let subject = try? TuningSubject(device, family: family)
    else { return nil }
    return load(for: subject, from: folder)
  }

  /// Reads the file for a subject; `nil` if there is none that can be used.
  public static func load(for subject: TuningSubject, from folder: String) -> Tuning? {
    let path = "\(folder)/\(subject.fileName(.tuning))"
    guard SmallFile.exists(path) else {
      warnOfOthers(for: subject, in: folder)
      return nil
    }
    do {
      return try Tuning(json: try bytes(of: path), for: subject)
    } catch {
      StandardError.lineOnce("the tuning in \(path) is ignored, \(error): run `deltacl tune` again, or delete it")
      return nil
    }
  }

  private static func bytes(of path: String) throws(DeltaCLError) -> [UInt8] {
    // A larger file cannot be a tuning.
    guard let bytes = SmallFile.read(path, limit: 1 << 24) else {
      throw DeltaCLError(.invalidArgument, "it cannot be read")
    }
    return bytes
  }

  private static func warnOfOthers(for subject: TuningSubject, in folder: String) {
    let isStale = SmallFile.names(in: folder).contains {
      $0.hasPrefix(subject.fileNamePrefix(.tuning)) && $0.hasSuffix(".json")
    }
    guard isStale else { return }
    StandardError.lineOnce(
      "the tuning of \(subject.device) in \(folder) is for another driver or other kernels and is ignored: run "
        + "`deltacl tune` again, or delete \(subject.fileNamePrefix(.tuning))*")
  }
}
