import COpenCL
import Glibc

/// Page-aligned host memory for transfers that outlast the call that began them.
///
/// A queue keeps the memory of a transfer until it has finished, so it may be dropped before. It may be handed between
/// threads, but it has no lock: nothing may write it while something else, a transfer included, uses it, and nothing
/// may read it while a transfer fills it.
public final class HostMemory: @unchecked Sendable {
  /// The size in bytes.
  public let byteCount: Int
  let start: UnsafeMutableRawPointer

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
  }

  deinit {
    free(start)
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
