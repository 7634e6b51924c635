import DeltaCLSystem
public import OpenCL

extension SelfTestRecord {
  /// The record that backends use: what the cache folder (see ``Tuning/cacheFolder``) has for the device, or `nil` where there is
  /// none.
  ///
  /// A file that is damaged is ignored with a warning on standard error, one for another driver or other kernels without.
  public static func current(for device: Device, family: KernelFamily? = nil) -> SelfTestRecord? {
    guard case .found(let record) = find(for: device, family: family) else { return nil }
    return record
  }

  /// Reads the file for a subject; `nil` where there is none that can be used.
  public static func load(for subject: TuningSubject, from folder: String) -> SelfTestRecord? {
    let path = "\(folder)/\(subject.fileName(.selfTest))"
    guard SmallFile.exists(path) else { return nil }
    do {
      guard let bytes = SmallFile.read(path) else { throw DeltaCLError(.invalidArgument, "it cannot be read") }
      return try SelfTestRecord(json: bytes, for: subject)
    } catch {
      StandardError.lineOnce(
        "the self-test in \(path) is ignored, \(error): run `deltacl selftest` again, or delete it")
      return nil
    }
  }

  /// What the cache folder says of a device.
  static func state(of device: Device, family: KernelFamily?) -> SelfTestState {
    switch find(for: device, family: family) {
    case .none: .notRun
    case .stale: .stale
    case .found(let record): record.state
    }
  }

  private enum Finding {
    case none
    case stale
    case found(SelfTestRecord)
  }

  private static func find(for device: Device, family: KernelFamily?) -> Finding {
    guard let folder = Tuning.cacheFolder else { return .none }
    let prefix = TuningSubject.fileNamePrefix(.selfTest, device, family: family)
    // Most devices have none, and reading all kernel sources takes longer than looking.
    guard SmallFile.names(in: folder).contains(where: { $0.hasPrefix(prefix) && $0.hasSuffix(".json") }) else {
      return .none
    }
    guard let subject = try? TuningSubject(device, family: family), let record = load(for: subject, from: folder)
    else { return .stale }
    return .found(record)
  }
}
