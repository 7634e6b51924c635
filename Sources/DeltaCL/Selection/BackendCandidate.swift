public import OpenCL

/// A backend that could be selected: an OpenCL device, or the reference implementation.
public struct BackendCandidate: Sendable {
  /// What kind of processor a backend runs on, in the order of preference of `auto`.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// A graphics processor.
    case gpu
    /// A dedicated accelerator.
    case accelerator
    /// The host's processor.
    case cpu
    /// The reference implementation, on the host's processor.
    case reference
    /// A device that runs no OpenCL C.
    case custom
  }

  /// The text that selects exactly this backend: `0:0`, platform and device, or `reference`.
  public let selector: String
  /// The device's name.
  public let name: String
  /// The name of the device's platform.
  public let platformName: String
  /// What it runs on.
  public let kind: Kind
  /// How much `auto` prefers this backend: its kind first, then compute units times clock.
  public let score: Int
  /// The OpenCL device; `nil` for the reference implementation.
  public let device: Device?
  /// Why it cannot be used; `nil` if it can.
  public let unusableReason: String?
  /// What is known from a self-test of the device; of the reference implementation, that there was none.
  public let selfTest: SelfTestState

  init(_ device: Device, platformIndex: Int, deviceIndex: Int, selfTest: SelfTestState = .notRun) {
    selector = "\(platformIndex):\(deviceIndex)"
    name = device.name
    platformName = device.platform.name
    kind =
      switch device.type {
      case .gpu: .gpu
      case .accelerator: .accelerator
      case .cpu: .cpu
      case .custom: .custom
      }
    self.device = device
    self.selfTest = selfTest
    unusableReason =
      if device.type == .custom {
        "it runs no OpenCL C"
      } else if !device.isAvailable {
        "its driver says that it is not available"
      } else if !device.isCompilerAvailable {
        "its driver has no compiler"
      } else if let nonsense = DeviceLimits(device).nonsense {
        "its driver reports \(nonsense), which cannot be"
      } else {
        nil
      }
    // Drivers may report anything.
    let (speed, isTooLarge) = device.computeUnits.multipliedReportingOverflow(by: device.clockMHz)
    score = unusableReason == nil ? kind.weight + (isTooLarge ? 0 : min(speed, Kind.weightStep - 1)) : 0
  }

  private init(reference name: String) {
    selector = "reference"
    self.name = name
    platformName = "DeltaCL"
    kind = .reference
    score = Kind.reference.weight
    device = nil
    unusableReason = nil
    selfTest = .notRun
  }

  static let reference = BackendCandidate(reference: "reference implementation")

  /// Whether ``Backends/select(_:)`` can make it.
  public var isUsable: Bool { unusableReason == nil }

  /// Whether `auto` may take it: it is usable and has not failed a self-test.
  public var isTrusted: Bool { isUsable && !selfTest.hasFailed }

  /// The family of kernels for the device's class; `nil` for the reference implementation.
  public var kernelFamily: KernelFamily? { device.map { KernelFamily(for: $0) } }
}

extension BackendCandidate.Kind {
  static let weightStep = 100_000_000

  var weight: Int {
    switch self {
    case .gpu: 4 * Self.weightStep
    case .accelerator: 3 * Self.weightStep
    case .cpu: 2 * Self.weightStep
    case .reference: Self.weightStep
    case .custom: 0
    }
  }
}
