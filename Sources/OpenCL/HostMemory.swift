import COpenCL
import Glibc

/// Host memory for transfers that outlast the call that began them, and for buffers that lie in it.
///
/// It is allocated at the beginning of a page, pinned for a device, or lent by other code. A queue keeps the memory of a transfer until it has finished, so it may be dropped before. It may be handed between
/// threads, but it has no lock: nothing may write it while something else, a transfer included, uses it, and nothing
/// may read it while a transfer fills it.
public final class HostMemory: @unchecked Sendable {
  /// The size in bytes.
  public let byteCount: Int
  let start: UnsafeMutableRawPointer
  private let owner: Owner

  private enum Owner {
    /// The C library.
    case host
    /// A buffer that is mapped for good.
    case mapping(Buffer, queue: OpaquePointer)
    /// Other code, which is told when the memory is no longer used.
    case lender(release: @Sendable () -> Void)
  }

  /// Allocates `byteCount` bytes of zeros.
  ///
  /// - Parameters:
  ///   - byteCount: the size in bytes, at least 1.
  ///   - alignment: a power of two of at least the size of a pointer, in bytes.
  /// - Throws: `OpenCLError` for an impossible size or alignment, and if the host is out of memory.
  public init(byteCount: Int, alignment: Int = 4096) throws {
    guard byteCount > 0 else {
      throw OpenCLError(
        status: .invalidValue, call: "posix_memalign", detail: "host memory of \(byteCount) bytes cannot exist")
    }
    guard alignment >= MemoryLayout<UnsafeRawPointer>.size, alignment.nonzeroBitCount == 1 else {
      throw OpenCLError(
        status: .invalidValue, call: "posix_memalign", detail: "\(alignment) bytes is no alignment of memory")
    }
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, alignment, byteCount) == 0, let memory else {
      throw OpenCLError(
        status: .outOfHostMemory, call: "posix_memalign", detail: "\(byteCount) bytes asked of the host")
    }
    memset(memory, 0, byteCount)
    start = memory
    self.byteCount = byteCount
    owner = .host
  }

  /// Wraps memory of other code without a copy.
  ///
  /// - Parameters:
  ///   - bytes: The memory, which must stay valid until `release` is called.
  ///   - release: Called once, on any thread, when nothing uses the memory any more.
  /// - Throws: `OpenCLError` for memory of no bytes; `release` is not called then.
  public init(wrapping bytes: UnsafeMutableRawBufferPointer, release: @escaping @Sendable () -> Void) throws {
    guard let start = bytes.baseAddress, bytes.count > 0 else {
      throw OpenCLError(
        status: .invalidHostPointer, call: "HostMemory", detail: "host memory of \(bytes.count) bytes cannot be wrapped"
      )
    }
    self.start = start
    byteCount = bytes.count
    owner = .lender(release: release)
  }

  /// Allocates `byteCount` bytes of zeros where the queue's driver wants them for fast transfers: memory that a GPU reaches
  /// by itself and that the system does not move.
  ///
  /// - Throws: `OpenCLError` for an impossible size, and if the driver is out of memory.
  public init(pinned byteCount: Int, for queue: CommandQueue) throws {
    let buffer = try Buffer(queue.context, byteCount: byteCount, flags: [.readWrite, .hostAllocated])
    let start = try queue.map(buffer, offset: 0, byteCount: byteCount, cl_map_flags(CL_MAP_READ | CL_MAP_WRITE))
    memset(start, 0, byteCount)
    // The handle alone: the queue itself may keep this memory.
    clRetainCommandQueue(queue.handle)
    self.start = start
    self.byteCount = byteCount
    owner = .mapping(buffer, queue: queue.handle)
  }

  deinit {
    switch owner {
    case .host: free(start)
    case .mapping(let buffer, let queue):
      clEnqueueUnmapMemObject(queue, buffer.memory.handle, start, 0, nil, nil)
      clReleaseCommandQueue(queue)
    case .lender(let release): release()
    }
  }

  /// Reads the memory.
  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: start, count: byteCount))
  }

  /// Reads and writes the memory.
  public func withUnsafeMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeMutableRawBufferPointer(start: start, count: byteCount))
  }

  /// Throws unless `range` lies inside the memory.
  func check(_ range: Range<Int>, call: String) throws(OpenCLError) {
    guard range.lowerBound >= 0, range.upperBound <= byteCount else {
      throw OpenCLError(
        status: .invalidValue, call: call,
        detail: "bytes \(range.lowerBound)..<\(range.upperBound) do not lie inside \(byteCount) bytes of host memory")
    }
  }
}
