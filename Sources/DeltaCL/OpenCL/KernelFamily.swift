public import OpenCL

/// A family of kernels for the operations that do most of the work.
public enum KernelFamily: String, Hashable, Sendable, CaseIterable {
  /// Register tiles without local memory, for CPU devices.
  case tile
  /// Tiles in local memory that work-groups share, for GPUs.
  case local

  /// The family for a device's class: ``tile`` on CPU devices and if local memory or work-groups are too small for
  /// ``local``.
  public init(for device: Device) {
    self.init(for: DeviceLimits(device))
  }

  init(for limits: DeviceLimits) {
    self = limits.type == .cpu || LocalTile.tiles(for: limits.vendor).allSatisfy { !$0.fits(limits) } ? .tile : .local
  }
}
