import OpenCL

extension Planner {
  /// The planner for a device's class and a family of kernels.
  ///
  /// - Parameters:
  ///   - family: The family; without one, that of the device's class.
  ///   - exact: Whether Winograd's algorithm is turned off.
  /// - Throws: ``DeltaCLError`` (`unknownDevice`) if the device cannot run a family that was asked for.
  init(for device: Device, family: KernelFamily? = nil, exact: Bool) throws(DeltaCLError) {
    switch family ?? KernelFamily(for: device) {
    case .tile:
      self = device.type == .cpu ? .cpu : .gpu
      localTiles = []
      algorithms.removeAll { $0 == ImplicitGEMM.self }
    case .local:
      self = .gpu
      localTiles.removeAll { !$0.fits(device) }
      guard !localTiles.isEmpty else {
        throw DeltaCLError(
          .unknownDevice,
          "\(device.name) has \(device.localMemoryBytes) bytes of local memory and work-groups of "
            + "\(device.maximumWorkGroupSize) work-items, too few for the kernel family local: use tile")
      }
    }
    if exact { algorithms.removeAll { !$0.isExact } }
    limitLocalMemory(to: device)
    maximumScratchBytes = device.maximumAllocationBytes
  }

  /// Keeps to the local memory that a device has.
  mutating func limitLocalMemory(to device: Device) {
    localBytes = min(localBytes, device.localMemoryBytes)
  }
}
