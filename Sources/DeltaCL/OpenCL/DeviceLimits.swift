import OpenCL

/// What planning takes from a device and its driver. As a value it can be made for devices that are not there.
struct DeviceLimits: Hashable, Sendable {
  /// The device's name, for errors.
  var name = "the device"
  var type = DeviceType.gpu
  /// Whose compiler makes a GPU's code; `nil` for all others.
  var vendor: GPUVendor?
  /// The work-items that a work-group may have, along the first axis or in all.
  var maximumWorkGroupSize = Int.max
  /// The bytes of local memory that a work-group may have.
  var localMemoryBytes = Int.max
  /// The sizes of sub-groups that a kernel may require, as the driver reports them.
  var subgroupSizes: [Int] = []
  /// The bytes of the largest buffer.
  var maximumAllocationBytes = Int.max
  /// The bytes of global memory.
  var globalMemoryBytes = Int.max
  /// The alignment in bits that a sub-buffer's offset needs; 0 where the driver does not know.
  var alignmentBits = 0

  /// The least that OpenCL allows a largest buffer to be, on devices of its embedded profile. All of memory cannot be less.
  private static let leastAllocationBytes = 1 << 20
  /// More than the size of a page, in bits: no hardware asks for as much.
  private static let mostAlignmentBits = 8 << 20
  /// The sizes of sub-groups that hardware has.
  private static let knownSubgroupSizes: Set = [1, 2, 4, 8, 16, 32, 64, 128]

  /// The sizes of sub-groups that a kernel may require, without those that no hardware has.
  var requirableSubgroupSizes: [Int] {
    subgroupSizes.filter { Self.knownSubgroupSizes.contains($0) && $0 <= maximumWorkGroupSize }
  }

  /// The bytes to which the offsets of sub-buffers are aligned.
  var alignmentBytes: Int { max(1, alignmentBits / 8) }

  /// What the driver reports that no device can be like; `nil` if nothing is. Numbers that are only too large do no harm.
  var nonsense: String? {
    if maximumWorkGroupSize < 1 { return "work-groups of \(maximumWorkGroupSize) work-items" }
    if maximumAllocationBytes < Self.leastAllocationBytes {
      return "a largest buffer of \(maximumAllocationBytes) bytes"
    }
    if globalMemoryBytes < Self.leastAllocationBytes { return "a global memory of \(globalMemoryBytes) bytes" }
    if !(0...Self.mostAlignmentBits).contains(alignmentBits) || alignmentBits.nonzeroBitCount > 1 {
      return "buffers aligned to \(alignmentBits) bits"
    }
    return nil
  }

  /// - Throws: ``DeltaCLError`` (`unknownDevice`) where the driver reports nonsense.
  func validate() throws(DeltaCLError) {
    guard let nonsense else { return }
    throw DeltaCLError(
      .unknownDevice,
      "the driver of \(name) reports \(nonsense), which cannot be: update it, or choose another device")
  }
}

extension DeviceLimits {
  /// What a driver reports.
  init(_ device: Device) {
    name = device.name
    type = device.type
    vendor = device.type == .gpu ? GPUVendor(vendorID: device.vendorID) : nil
    maximumWorkGroupSize = device.maximumWorkGroupSize
    // Some drivers do not know the axes.
    if let axis = device.maximumWorkItemSizes.first, axis > 0 { maximumWorkGroupSize = min(axis, maximumWorkGroupSize) }
    localMemoryBytes = device.localMemoryBytes
    subgroupSizes = device.requirableSubgroupSizes
    maximumAllocationBytes = device.maximumAllocationBytes
    globalMemoryBytes = device.globalMemoryBytes
    alignmentBits = device.memoryBaseAddressAlignmentBits
  }
}
