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
      let vendor = device.type == .gpu ? GPUVendor(vendorID: device.vendorID) : nil
      self = .gpu(of: vendor, subgroupSizes: device.requirableSubgroupSizes)
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

  /// The planner for the GPUs of a vendor; `nil` stands for all others.
  ///
  /// - Parameter subgroupSizes: Those that a kernel may require. On Intel's GPUs a work-item of the smallest has the most registers.
  static func gpu(of vendor: GPUVendor?, subgroupSizes: [Int]) -> Planner {
    var planner = gpu
    planner.localTiles = LocalTile.tiles(for: vendor)
    if vendor == .intel { planner.subgroupSize = subgroupSizes.min() }
    return planner
  }

  /// Keeps to the local memory that a device has.
  mutating func limitLocalMemory(to device: Device) {
    localBytes = min(localBytes, device.localMemoryBytes)
  }
}
