/// Whose compiler makes the machine code of a GPU.
package enum GPUVendor: String, CaseIterable, Sendable {
  case nvidia = "NVIDIA"
  case amd = "AMD"
  case intel = "Intel"

  /// - Parameter vendorID: OpenCL's number of a device's vendor, which is that of PCI.
  init?(vendorID: UInt32) {
    switch vendorID {
    case 0x10DE: self = .nvidia
    case 0x1002: self = .amd
    case 0x8086: self = .intel
    default: return nil
    }
  }
}
