public import OpenCL

/// What a measurement of plans is valid for: a device as its driver runs it, and the kernels' sources.
public struct TuningSubject: Hashable, Sendable, Codable {
  /// The device's name.
  public let device: String
  /// The name of its platform.
  public let platform: String
  /// The device's compute units, which may be limited by the driver's settings.
  public let computeUnits: Int
  /// The family of kernels.
  public let family: String
  /// The versions of driver and platform.
  public let driver: String
  /// A hash of all kernel sources.
  public let kernels: String

  /// What this process would measure on a device.
  ///
  /// - Parameters:
  ///   - device: The device that is measured.
  ///   - family: The family of kernels; without one, that of the device's class.
  /// - Throws: ``DeltaCLError`` (`missingKernel`) if `DELTACL_KERNELS_DIR` names a folder without the sources.
  public init(_ device: Device, family: KernelFamily? = nil) throws(DeltaCLError) {
    self.device = device.name
    platform = device.platform.name
    computeUnits = device.computeUnits
    self.family = (family ?? KernelFamily(for: device)).rawValue
    driver = "\(device.driverVersion), \(device.platform.version)"
    var sources = ""
    for path in KernelSource.paths { sources += "\(path)\0\(try KernelSource.text(path))\0" }
    kernels = stableHash(sources)
  }

  /// How `other` differs; `nil` if it does not.
  func difference(from other: TuningSubject) -> String? {
    if (device, platform) != (other.device, other.platform) { return "it is for the device \(other.device)" }
    if computeUnits != other.computeUnits {
      return "it is for \(other.computeUnits) compute units, not \(computeUnits)"
    }
    if family != other.family { return "it is for the kernel family \(other.family), not \(family)" }
    if driver != other.driver { return "it is for the driver \(other.driver), not \(driver)" }
    return kernels == other.kernels ? nil : "it is for other kernel sources"
  }

}

extension TuningSubject {
  /// What a file in the cache folder holds.
  public enum FileKind: String, Sendable {
    /// A ``Tuning``.
    case tuning = "tuning"
    /// A ``SelfTestRecord``.
    case selfTest = "selftest"
  }

  /// The name of a file.
  public func fileName(_ kind: FileKind) -> String {
    "\(fileNamePrefix(kind))\(stableHash(driver).prefix(8))-\(kernels.prefix(8)).json"
  }

  /// The beginning of the names of all files for the device, whatever the driver and the kernels.
  func fileNamePrefix(_ kind: FileKind) -> String {
    Self.fileNamePrefix(kind, "\(platform)\0\(device)\0\(computeUnits)\0\(family)")
  }

  /// The same without the kernels' sources, which take long to read.
  static func fileNamePrefix(_ kind: FileKind, _ device: Device, family: KernelFamily?) -> String {
    let family = (family ?? KernelFamily(for: device)).rawValue
    return fileNamePrefix(kind, "\(device.platform.name)\0\(device.name)\0\(device.computeUnits)\0\(family)")
  }

  private static func fileNamePrefix(_ kind: FileKind, _ device: String) -> String {
    "\(kind.rawValue)-\(stableHash(device).prefix(8))-"
  }
}

/// A hash of 16 hexadecimal digits that is the same in every process: FNV-1a.
private func stableHash(_ text: String) -> String {
  let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  let digits = String(hash, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
