import COpenCL

/// A `cl_mem` with what it counts for. It is released with its last owner.
final class DeviceMemory: Sendable {
  let context: Context
  let byteCount: Int
  let flags: BufferFlags
  nonisolated(unsafe) let handle: OpaquePointer
  /// The bytes that the context counts for it.
  private let reservedByteCount: Int

  /// Allocates memory of undefined contents.
  init(_ context: Context, byteCount: Int, flags: BufferFlags) throws {
    try context.reserve(byteCount)
    var status: cl_int = 0
    let buffer = clCreateBuffer(context.handle, flags.rawValue, byteCount, nil, &status)
    do {
      handle = try created(
        buffer, status, "clCreateBuffer", detail: "\(byteCount) bytes asked of \(context.device.name)")
    } catch {
      context.unreserve(byteCount)
      throw error
    }
    self.context = context
    self.byteCount = byteCount
    self.flags = flags
    reservedByteCount = byteCount
  }

  /// Takes over a reference to memory that the context does not count.
  init(_ context: Context, handle: OpaquePointer, byteCount: Int, flags: BufferFlags) {
    self.context = context
    self.handle = handle
    self.byteCount = byteCount
    self.flags = flags
    reservedByteCount = 0
  }

  deinit {
    clReleaseMemObject(handle)
    if reservedByteCount > 0 { context.unreserve(reservedByteCount) }
  }
}
