import COpenCL
import Dispatch
import Synchronization

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

  let memory: DeviceMemory
  /// What the memory goes back to.
  private let allocator: BufferAllocator?
  private let isShared = Atomic(false)

  private init(
    _ memory: DeviceMemory, offset: Int = 0, parent: Buffer? = nil, allocator: BufferAllocator? = nil
  ) {
    self.memory = memory
    context = memory.context
    byteCount = memory.byteCount
    self.offset = offset
    self.parent = parent
    self.allocator = allocator
  }

  /// Allocates `byteCount` bytes of undefined contents.
  ///
  /// - Throws: `OpenCLError`, also for a size of zero and for one beyond the device's limits.
  public convenience init(_ context: Context, byteCount: Int, flags: BufferFlags = .readWrite) throws {
    self.init(try DeviceMemory(context, byteCount: byteCount, flags: flags))
  }

  /// Shares a buffer that other code has made. It is retained, so that either side may let go of it first.
  ///
  /// Its bytes do not count in `Context.allocatedBytes`. What other queues do with it is ordered by nobody but the caller.
  ///
  /// - Parameters:
  ///   - handle: A valid `cl_mem`.
  ///   - context: The context that it was made in.
  /// - Throws: `OpenCLError` if it is an image or a pipe, or lives in another context.
  public convenience init(retaining handle: OpaquePointer, context: Context) throws {
    let call = "clGetMemObjectInfo"
    let query = InfoQuery(call: call) { clGetMemObjectInfo(handle, $0, $1, $2, $3) }
    guard try query.value(CL_MEM_TYPE, as: cl_mem_object_type.self) == cl_mem_object_type(CL_MEM_OBJECT_BUFFER) else {
      throw OpenCLError(refused: .invalidMemoryObject, call: call, detail: "the memory object is not a buffer")
    }
    guard try query.value(CL_MEM_CONTEXT, as: cl_context?.self) == context.handle else {
      throw OpenCLError(refused: .invalidContext, call: call, detail: "the buffer is of another context")
    }
    let byteCount = Int(clamping: try query.value(CL_MEM_SIZE, as: UInt.self))
    let flags = BufferFlags(rawValue: try query.value(CL_MEM_FLAGS, as: cl_mem_flags.self))
    let offset = Int(clamping: try query.value(CL_MEM_OFFSET, as: UInt.self))
    let parent = try query.value(CL_MEM_ASSOCIATED_MEMOBJECT, as: cl_mem?.self).map {
      try Buffer(retaining: $0, context: context)
    }
    try check(clRetainMemObject(handle), "clRetainMemObject")
    self.init(
      DeviceMemory(context, handle: handle, byteCount: byteCount, flags: flags), offset: parent == nil ? 0 : offset,
      parent: parent)
  }

  /// Lends host memory to the device, which works on it without a copy where host and device share one memory.
  ///
  /// The buffer keeps the memory, and so do commands that use it. From now on the host may only touch it through `CommandQueue.withMappedBytes`, or after
  /// `CommandQueue.finish()` where the device has `hasHostUnifiedMemory`.
  ///
  /// - Throws: `OpenCLError` if the memory does not begin at a multiple of the device's `memoryBaseAddressAlignmentBits`,
  ///   or is larger than a buffer may be.
  public convenience init(_ context: Context, wrapping memory: HostMemory, flags: BufferFlags = .readWrite) throws {
    let call = "clCreateBuffer"
    let alignment = context.device.memoryAlignment
    guard Int(bitPattern: memory.start).isMultiple(of: alignment) else {
      throw OpenCLError(
        refused: .invalidHostPointer, call: call,
        detail: "the host memory at \(memory.start) does not begin at a multiple of \(alignment) bytes, which "
          + "\(context.device.name) needs: allocate it as HostMemory, or copy it")
    }
    var status: cl_int = 0
    let buffer = clCreateBuffer(
      context.handle, flags.rawValue | cl_mem_flags(CL_MEM_USE_HOST_PTR), memory.byteCount, memory.start, &status)
    let handle = try created(buffer, status, call, detail: "\(memory.byteCount) bytes of host memory")
    self.init(DeviceMemory(context, handle: handle, byteCount: memory.byteCount, flags: flags))
    // Commands may use the memory when the buffer is gone.
    let lent = Unmanaged.passRetained(memory)
    let setting = clSetMemObjectDestructorCallback(
      handle,
      { _, pointer in
        guard let pointer else { return }
        let memory = Unmanaged<HostMemory>.fromOpaque(pointer).takeRetainedValue()
        // Giving up pinned memory is a call, which a driver does not take here.
        DispatchQueue.global().async { withExtendedLifetime(memory) {} }
      }, lent.toOpaque())
    if setting != CL_SUCCESS { lent.release() }
    try check(setting, "clSetMemObjectDestructorCallback")
  }

  /// Memory that goes back to an allocator.
  convenience init(_ memory: DeviceMemory, of allocator: BufferAllocator) {
    self.init(memory, allocator: allocator)
  }

  deinit {
    allocator?.takeBack(memory, reusable: !isShared.load(ordering: .acquiring))
  }

  /// How kernels may use the buffer and where it lies.
  public var flags: BufferFlags { memory.flags }

  /// The `cl_mem`, for other code. It is valid as long as this object lives or somebody retains it.
  ///
  /// An allocator does not reuse memory whose handle was asked for: whoever has it may still be using it.
  public var handle: OpaquePointer {
    keepFromReuse()
    return memory.handle
  }

  /// Has the allocator free the memory in the end instead of handing it out again. What uses a buffer on another queue than
  /// that of the allocator needs this.
  public func keepFromReuse() {
    isShared.store(true, ordering: .releasing)
    parent?.keepFromReuse()
  }

  /// The address of the host memory that the buffer uses, if any.
  ///
  /// - Throws: `OpenCLError`.
  public func hostAddress() throws -> UnsafeMutableRawPointer? {
    let query = InfoQuery(call: "clGetMemObjectInfo") { [self] in
      clGetMemObjectInfo(memory.handle, $0, $1, $2, $3)
    }
    return try query.value(CL_MEM_HOST_PTR, as: UnsafeMutableRawPointer?.self)
  }

  /// A view of `byteCount` bytes from byte `offset`, which keeps this buffer's memory.
  ///
  /// A view of a view is a view of the whole buffer: its `parent` is that buffer and its `offset` counts from its start.
  ///
  /// - Throws: `OpenCLError` if the part is empty, not wholly inside, or its offset in the whole buffer is not
  ///   a multiple of the device's `memoryBaseAddressAlignmentBits`.
  public func subBuffer(offset: Int, byteCount: Int) throws -> Buffer {
    let call = "clCreateSubBuffer"
    guard byteCount > 0 else {
      throw OpenCLError(
        refused: .invalidBufferSize, call: call, detail: "a buffer of \(byteCount) bytes cannot exist")
    }
    try checkRange(offset: offset, byteCount: byteCount, call: call)
    let start = self.offset + offset
    let alignment = context.device.memoryAlignment
    guard start.isMultiple(of: alignment) else {
      throw OpenCLError(
        status: .misalignedSubBufferOffset, call: call,
        detail: "the offset of \(start) bytes is no multiple of \(alignment)")
    }
    let root = parent ?? self
    var region = cl_buffer_region(origin: start, size: byteCount)
    var status: cl_int = 0
    let part = clCreateSubBuffer(
      root.memory.handle, 0, cl_buffer_create_type(CL_BUFFER_CREATE_TYPE_REGION), &region, &status)
    let handle = try created(
      part, status, call, detail: "\(byteCount) bytes from byte \(start) of a buffer of \(root.byteCount) bytes")
    return Buffer(
      DeviceMemory(context, handle: handle, byteCount: byteCount, flags: root.flags), offset: start, parent: root)
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

extension Device {
  /// The bytes to whose multiples sub-buffers and host memory are aligned.
  var memoryAlignment: Int { max(1, memoryBaseAddressAlignmentBits / 8) }
}
