/// What a kernel needs of a device and how large its work-groups may be.
public struct WorkGroupInfo: Hashable, Sendable {
  /// The work-items that a work-group of the kernel may have.
  public let maximumSize: Int
  /// Work-groups whose size is a multiple of this run best.
  public let preferredMultiple: Int
  /// The bytes of local memory that the kernel declares; arguments add to it.
  public let localMemoryBytes: Int
  /// The bytes of private memory of a work-item.
  public let privateMemoryBytes: Int
  /// The size that the kernel's `reqd_work_group_size` demands, if any.
  public let requiredSize: WorkSize?
}
