import COpenCL
import Synchronization

/// The home of the buffers, programs and queues of one device.
public final class Context: Sendable {
  /// The device the context was made for.
  public let device: Device

  /// The `cl_context`, which lives at least as long as this object.
  public nonisolated(unsafe) let handle: OpaquePointer
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

  /// Shares a context that other code has made. It is retained, so that either side may let go of it first.
  ///
  /// - Parameters:
  ///   - handle: A valid `cl_context`.
  ///   - device: Which of its devices this object is for; may be `nil` if it has one.
  /// - Throws: `OpenCLError` if the device is none of the context's, or the context has several and none is named.
  public init(retaining handle: OpaquePointer, device: Device? = nil) throws {
    let call = "clGetContextInfo"
    let query = InfoQuery(call: call) { clGetContextInfo(handle, $0, $1, $2, $3) }
    let devices = try query.array(CL_CONTEXT_DEVICES, of: cl_device_id?.self).compactMap { $0 }
    guard let only = device?.handle ?? devices.first, device != nil || devices.count == 1 else {
      throw OpenCLError(
        refused: .invalidDevice, call: call, detail: "the context has \(devices.count) devices: name the one to use")
    }
    guard devices.contains(only) else {
      throw OpenCLError(
        refused: .invalidDevice, call: call,
        detail: "\(device?.name ?? "the device") is none of the \(devices.count) devices of the context")
    }
    self.device = try device ?? Device(retaining: only)
    try check(clRetainContext(handle), "clRetainContext")
    self.handle = handle
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

extension Context: Equatable {
  /// Whether both are the same context of the driver, for the same device.
  public static func == (left: Context, right: Context) -> Bool {
    left.handle == right.handle && left.device == right.device
  }
}
