import DeltaCL
import Foundation
import OpenCL

/// What `deltacl devices` says of one device; the keys of its JSON.
struct DeviceReport: Encodable {
  struct PlatformReport: Encodable {
    let index: Int
    let name: String
    let vendor: String
    let version: String
    let profile: String

    init(_ platform: Platform, index: Int) {
      self.index = index
      name = platform.name
      vendor = platform.vendor
      version = platform.version
      profile = platform.profile
    }
  }

  struct Memory: Encodable {
    let globalBytes: Int
    let globalCacheBytes: Int
    let globalCacheLineBytes: Int
    let localBytes: Int
    let localType: String
    let constantBytes: Int
    let maximumAllocationBytes: Int
    let isHostUnified: Bool
  }

  struct WorkGroup: Encodable {
    let maximumSize: Int
    let maximumItemSizes: [Int]
    let maximumSubgroups: Int
  }

  struct Details: Encodable {
    let platform: PlatformReport
    let deviceIndex: Int
    let vendor: String
    let driverVersion: String
    let openclVersion: String
    let openclCVersion: String
    let openclCVersions: [String]
    let computeUnits: Int
    let clockMhz: Int
    let addressBits: Int
    let memory: Memory
    let workGroup: WorkGroup
    let preferredVectorWidths: VectorWidths
    let nativeVectorWidths: VectorWidths
    let fp64: Bool
    let fp16: Bool
    let subgroups: Bool
    let featuresUsed: [String]
    let featuresMissing: [String]
    let languageFeatures: [String]
    let extensions: [String]
  }

  let selector: String
  let name: String
  let type: String
  let isDefault: Bool
  let score: Int
  let kernelFamily: String
  /// Why the device cannot be used; `nil` if it can.
  let unusableReason: String?
  /// What is known from a self-test; `nil` for the reference backend.
  let selfTest: SelfTestReport.Summary?
  /// What the driver reports; `nil` for the reference backend.
  let opencl: Details?

  /// - Parameters:
  ///   - family: The family of kernels that was asked for on every device.
  ///   - selfTest: What a self-test has found just now.
  init(_ candidate: BackendCandidate, isDefault: Bool, family: KernelFamily?, selfTest: SelfTestState? = nil) {
    selector = candidate.selector
    name = candidate.name
    type = candidate.kind.rawValue
    self.isDefault = isDefault
    score = candidate.score
    kernelFamily = candidate.kernelFamily.map { (family ?? $0).rawValue } ?? "none"
    unusableReason = candidate.unusableReason
    self.selfTest = candidate.device.map { _ in SelfTestReport.Summary(selfTest ?? candidate.selfTest) }
    opencl = candidate.device.map { device in
      let indices = candidate.selector.split(separator: ":").compactMap { Int($0) }
      return Details(
        device, platformIndex: indices.first ?? 0, deviceIndex: indices.last ?? 0)
    }
  }
}

extension DeviceReport.Details {
  fileprivate init(_ device: Device, platformIndex: Int, deviceIndex: Int) {
    platform = DeviceReport.PlatformReport(device.platform, index: platformIndex)
    self.deviceIndex = deviceIndex
    vendor = device.vendor
    driverVersion = device.driverVersion
    openclVersion = device.versionText
    openclCVersion = device.languageVersionText
    openclCVersions = device.languageVersions.map(\.description)
    computeUnits = device.computeUnits
    clockMhz = device.clockMHz
    addressBits = device.addressBits
    memory = DeviceReport.Memory(
      globalBytes: device.globalMemoryBytes, globalCacheBytes: device.globalMemoryCacheBytes,
      globalCacheLineBytes: device.globalMemoryCacheLineBytes, localBytes: device.localMemoryBytes,
      localType: device.localMemoryType.rawValue, constantBytes: device.maximumConstantBufferBytes,
      maximumAllocationBytes: device.maximumAllocationBytes, isHostUnified: device.hasHostUnifiedMemory)
    workGroup = DeviceReport.WorkGroup(
      maximumSize: device.maximumWorkGroupSize, maximumItemSizes: device.maximumWorkItemSizes,
      maximumSubgroups: device.maximumSubgroups)
    preferredVectorWidths = device.preferredVectorWidths
    nativeVectorWidths = device.nativeVectorWidths
    fp64 = device.hasFloat64
    fp16 = device.hasFloat16
    subgroups = device.hasSubgroups
    let wanted = [
      ("compiler", device.isCompilerAvailable),
      ("OpenCL C 1.2", device.languageVersion >= OpenCLVersion(1, 2)),
      ("fused multiply-add", device.singlePrecision.contains(.fusedMultiplyAdd)),
      ("infinity and NaN", device.singlePrecision.contains(.infinityAndNaN)),
    ]
    featuresUsed = wanted.filter(\.1).map(\.0)
    featuresMissing = wanted.filter { !$0.1 }.map(\.0)
    languageFeatures = device.languageFeatures.map(\.name)
    extensions = device.extensions
  }
}

extension DeviceReport {
  /// The report as lines for people.
  var text: String {
    var rows: [(String, String)] = []
    if let opencl {
      rows += [
        ("platform", "\(opencl.platform.index): \(opencl.platform.name) (\(opencl.platform.version))"),
        ("device", "\(opencl.deviceIndex): \(name), \(opencl.vendor)"),
        ("type", type),
        ("driver", opencl.driverVersion),
        ("OpenCL", opencl.openclVersion),
        (
          "OpenCL C",
          opencl.openclCVersion
            + (opencl.openclCVersions.count > 1 ? " (accepts \(opencl.openclCVersions.joined(separator: ", ")))" : "")
        ),
        ("compute units", "\(opencl.computeUnits) at up to \(opencl.clockMhz) MHz"),
        (
          "global memory",
          byteText(opencl.memory.globalBytes) + (opencl.memory.isHostUnified ? ", shared with the host" : "")
        ),
        ("largest buffer", byteText(opencl.memory.maximumAllocationBytes)),
        (
          "cache", "\(byteText(opencl.memory.globalCacheBytes)) in lines of \(opencl.memory.globalCacheLineBytes) bytes"
        ),
        ("local memory", "\(byteText(opencl.memory.localBytes)), \(opencl.memory.localType)"),
        ("constant memory", byteText(opencl.memory.constantBytes)),
        (
          "work-group",
          "at most \(opencl.workGroup.maximumSize) work-items, "
            + opencl.workGroup.maximumItemSizes.map(String.init).joined(separator: " x ")
        ),
        (
          "vector widths",
          "preferred \(widthText(opencl.preferredVectorWidths)); native \(widthText(opencl.nativeVectorWidths))"
        ),
        ("fp64, fp16", "\(opencl.fp64 ? "yes" : "no"), \(opencl.fp16 ? "yes" : "no")"),
        ("subgroups", opencl.subgroups ? "yes, at most \(opencl.workGroup.maximumSubgroups) in a work-group" : "no"),
        ("features used", opencl.featuresUsed.joined(separator: ", ")),
        ("features missing", opencl.featuresMissing.isEmpty ? "none" : opencl.featuresMissing.joined(separator: ", ")),
      ]
    } else {
      rows.append(("type", "plain Swift on the host with Float64 sums; slow, needs no driver"))
    }
    rows.append(("kernels", kernelFamily))
    if let selfTest { rows.append(("self-test", selfTest.text)) }
    rows.append(("score", "\(score)"))
    if let unusableReason { rows.append(("unusable", unusableReason)) }
    let lines = rows.map { "    " + $0.0.padding(toLength: 18, withPad: " ", startingAt: 0) + $0.1 }
    return (["\(selector)  \(name)\(isDefault ? "  [default]" : "")"] + lines).joined(separator: "\n")
  }

  private func widthText(_ widths: VectorWidths) -> String {
    "char \(widths.char), short \(widths.short), int \(widths.int), long \(widths.long), half \(widths.half), "
      + "float \(widths.float), double \(widths.double)"
  }

  /// A size for people with the exact number behind it.
  private func byteText(_ count: Int) -> String {
    var (value, unit) = (Double(count), "bytes")
    for larger in ["KiB", "MiB", "GiB", "TiB"] where value >= 1024 {
      (value, unit) = (value / 1024, larger)
    }
    if unit == "bytes" { return "\(count) bytes" }
    return "\(String(format: value == value.rounded() ? "%.0f" : "%.2f", value)) \(unit) (\(count) bytes)"
  }
}
