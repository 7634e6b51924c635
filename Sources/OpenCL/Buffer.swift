import COpenCL

/// A linear piece of device memory, or a view of a part of one.
///
/// Commands that were enqueued on a buffer keep its memory; the buffer itself may be dropped before they finish.
public final class Buffer: Sendable {
  /// The context that the buffer lives in.
  public let context: Context
  /// The size in bytes.
  public let byteCount: Int
  /// The byte of `parent` where the buffer begins; 0 for a buffer that is not a view.
  public let offset: Int
  /// The buffer whose memory this one is a part of.
  public let parent: Buffer?

  nonisolated(unsafe) let handle: OpaquePointer

  /// Allocates `byteCount` bytes of undefined contents.
  ///
  /// - Throws: `OpenCLError`, also for a size of zero and for one beyond the device's limits.
  public init(_ context: Context, byteCount: Int, flags: BufferFlags = .readWrite) throws {
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
    offset = 0
    parent = nil
  }

  private init(root: Buffer, offset: Int, byteCount: Int) throws {
    var region = cl_buffer_region(origin: offset, size: byteCount)
    var status: cl_int = 0
    let part = clCreateSubBuffer(root.handle, 0, cl_buffer_create_type(CL_BUFFER_CREATE_TYPE_REGION), &region, &status)
    handle = try created(
      part, status, "clCreateSubBuffer",
      detail: "\(byteCount) bytes from byte \(offset) of a buffer of \(root.byteCount) bytes")
    context = root.context
    self.byteCount = byteCount
    self.offset = offset
    parent = root
  }

  deinit {
    clReleaseMemObject(handle)
    if parent == nil { context.unreserve(byteCount) }
  }

  /// A view of `byteCount` bytes from byte `offset`, which keeps this buffer's memory.
  ///
  /// A view of a view is a view of the whole buffer: its `parent` is that buffer and its `offset` counts from its start.
  ///
  /// - Throws: `OpenCLError` if the part is empty, not wholly inside, or its offset in the whole buffer is not
  ///   a multiple of the device's `memoryBaseAddressAlignmentBits`.
  public func subBuffer(offset: Int, byteCount: Int) throws -> Buffer {
    guard byteCount > 0 else {
      throw OpenCLError(
        refused: .invalidBufferSize, call: "clCreateSubBuffer", detail: "a buffer of \(byteCount) bytes cannot exist")
    }
    try checkRange(offset: offset, byteCount: byteCount, call: "clCreateSubBuffer")
    let start = self.offset + offset
    let alignment = max(1, context.device.memoryBaseAddressAlignmentBits / 8)
    guard start.isMultiple(of: alignment) else {
      throw OpenCLError(
        status: .misalignedSubBufferOffset, call: "clCreateSubBuffer",
        detail: "the offset of \(start) bytes is no multiple of \(alignment)")
    }
    return try Buffer(root: parent ?? self, offset: start, byteCount: byteCount)
  }

  /// Throws unless `byteCount` bytes from byte `offset` lie inside the buffer.
  func checkRange(offset: Int, byteCount: Int, call: String) throws(OpenCLError) {
    guard offset >= 0, byteCount >= 0, offset <= self.byteCount, byteCount <= self.byteCount - offset else {
      throw OpenCLError(
        status: .invalidValue, call: call,
        detail: "\(byteCount) bytes from byte \(offset) do not lie inside a buffer of \(self.byteCount) bytes")
    }
  }
}
