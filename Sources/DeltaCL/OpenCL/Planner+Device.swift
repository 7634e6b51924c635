extension Planner {
  /// The planner for a device's class and a family of kernels.
  ///
  /// - Parameters:
  ///   - limits: The device's.
  ///   - family: The family; without one, that of the device's class.
  ///   - exact: Whether Winograd's algorithm is turned off.
  /// - Throws: ``DeltaCLError`` (`unknownDevice`) if the device cannot run a family that was asked for, or its driver reports
  ///   nonsense.
  init(for limits: DeviceLimits, family: KernelFamily? = nil, exact: Bool) throws(DeltaCLError) {
    try limits.validate()
    switch family ?? KernelFamily(for: limits) {
    case .tile:
      self = limits.type == .cpu ? .cpu : .gpu
      localTiles = []
      algorithms.removeAll { $0 == ImplicitGEMM.self }
      limit(to: limits)
    case .local:
      self = .gpu(for: limits)
      guard !localTiles.isEmpty else {
        throw DeltaCLError(
          .unknownDevice,
          "\(limits.name) has \(limits.localMemoryBytes) bytes of local memory and work-groups of "
            + "\(limits.maximumWorkGroupSize) work-items, too few for the kernel family local: use tile")
      }
    }
    if exact { algorithms.removeAll { !$0.isExact } }
  }

  /// The planner for GPUs of some vendor and some limits.
  ///
  /// On Intel's GPUs a work-item of the smallest sub-groups has the most registers.
  static func gpu(for limits: DeviceLimits) -> Planner {
    var planner = gpu
    planner.localTiles = LocalTile.tiles(for: limits.vendor)
    if limits.vendor == .intel { planner.subgroupSize = limits.requirableSubgroupSizes.min() }
    planner.limit(to: limits)
    return planner
  }

  /// Keeps to what a device has, as to limits before.
  mutating func limit(to limits: DeviceLimits) {
    maximumWorkGroupSize = min(maximumWorkGroupSize, limits.maximumWorkGroupSize)
    localMemoryBytes = min(localMemoryBytes, limits.localMemoryBytes)
    maximumScratchBytes = min(maximumScratchBytes, limits.maximumAllocationBytes)
    localBytes = min(localBytes, localMemoryBytes)
    localTiles.removeAll { !$0.fits(limits) }
    let largest = maximumWorkGroupSize
    workGroupSizes = Set(workGroupSizes.map { min($0, largest) }).sorted()
  }
}
