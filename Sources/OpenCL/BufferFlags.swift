import COpenCL

/// How kernels use a buffer and where it lies.
public struct BufferFlags: OptionSet, Hashable, Sendable {
  /// The bits of `cl_mem_flags`.
  public let rawValue: UInt64

  /// Wraps the bits of `cl_mem_flags`.
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// Kernels read and write the buffer.
  public static let readWrite = Self(rawValue: UInt64(CL_MEM_READ_WRITE))
  /// Kernels only read the buffer.
  public static let readOnly = Self(rawValue: UInt64(CL_MEM_READ_ONLY))
  /// Kernels only write the buffer.
  public static let writeOnly = Self(rawValue: UInt64(CL_MEM_WRITE_ONLY))
  /// The buffer lies in memory that the host can reach, which makes transfers fast.
  public static let hostAllocated = Self(rawValue: UInt64(CL_MEM_ALLOC_HOST_PTR))
}
