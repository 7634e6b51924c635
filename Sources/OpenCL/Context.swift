import COpenCL
import Synchronization

/// The home of the buffers, programs and queues of one device.
public final class Context: Sendable {
  /// The device the context was made for.
  public let device: Device

  nonisolated(unsafe) let handle: OpaquePointer
  private let allocated = Mutex((bytes: 0, peak: 0))

  /// Makes a context for `device`.
  ///
  /// - Throws: `OpenCLError`.
  public init(_ device: Device) throws {
    let properties: [cl_context_properties] = [
      cl_context_properties(CL_CONTEXT_PLATFORM), cl_context_properties(Int(bitPattern: device.platform.handle)), 0,
    ]
    var deviceHandle: cl_device_id? = device.handle
    var status: cl_int = 0
    let context = clCreateContext(properties, 1, &deviceHandle, nil, nil, &status)
    self.handle = try created(context, status, "clCreateContext", detail: "device \(device.name)")
    self.device = device
  }

  deinit {
    clReleaseContext(handle)
  }

  /// The bytes of all buffers that live in the context.
  public var allocatedBytes: Int { allocated.withLock { $0.bytes } }

  /// The most bytes that buffers of the context have taken at a time.
  public var peakAllocatedBytes: Int { allocated.withLock { $0.peak } }

  /// Counts a buffer before it is made; throws if the device cannot hold it.
  func reserve(_ byteCount: Int) throws {
    guard byteCount > 0 else {
      throw OpenCLError(
        refused: .invalidBufferSize, call: "clCreateBuffer", detail: "a buffer of \(byteCount) bytes cannot exist")
    }
    let largest = device.maximumAllocationBytes
    guard byteCount <= largest else {
      throw OpenCLError(
        status: .invalidBufferSize, call: "clCreateBuffer",
        detail: "\(byteCount) bytes asked of \(device.name), whose largest buffer is \(largest) bytes")
    }
    try allocated.withLock { allocated in
      // Some drivers accept more than there is and fail, or page, when it is touched.
      guard byteCount <= device.globalMemoryBytes - allocated.bytes else {
        throw OpenCLError(
          status: .memoryObjectAllocationFailure, call: "clCreateBuffer",
          detail: "\(byteCount) bytes asked of \(device.name), where \(allocated.bytes) of "
            + "\(device.globalMemoryBytes) bytes are taken")
      }
      allocated.bytes += byteCount
      allocated.peak = max(allocated.peak, allocated.bytes)
    }
  }

  func unreserve(_ byteCount: Int) {
    allocated.withLock { $0.bytes -= byteCount }
  }
}
