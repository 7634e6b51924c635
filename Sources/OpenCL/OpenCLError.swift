/// An OpenCL call that failed, or that would have been wrong to make.
public struct OpenCLError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the call returned.
  public let status: OpenCLStatus
  /// The OpenCL function, such as `clCreateBuffer`.
  public let call: String
  /// The values at fault and what to do, if known.
  public let detail: String?
  /// Whether a smaller batch could succeed: what ran out is memory for tensors.
  public let isOutOfMemory: Bool
  private let advice: String?

  /// Describes a failed call.
  public init(status: OpenCLStatus, call: String, detail: String? = nil) {
    self.status = status
    self.call = call
    self.detail = detail
    isOutOfMemory = status.isOutOfMemory && Self.callsForTensors.contains { call.hasPrefix($0) }
    advice =
      if isOutOfMemory {
        "try a smaller batch"
      } else if status.isOutOfMemory && status != .invalidBufferSize {
        "see what else uses the device, and that memory and processes are not limited too tightly (ulimit -a)"
      } else {
        nil
      }
  }

  /// Describes a call that was not made, because it would fail with any batch.
  init(refused status: OpenCLStatus, call: String, detail: String) {
    self.status = status
    self.call = call
    self.detail = detail
    isOutOfMemory = false
    advice = nil
  }

  /// The beginnings of the names of the calls that allocate tensors or run commands, for which drivers allocate them late.
  private static let callsForTensors = [
    "clCreateBuffer", "clCreateSubBuffer", "clEnqueue", "clFlush", "clFinish", "clWaitForEvents", "posix_memalign",
  ]

  /// One line: the call, the status, the detail and, if something ran out, what may help.
  public var description: String {
    let parts = ["\(call) failed with \(status)", detail, advice]
    return parts.compactMap { $0 }.joined(separator: ": ")
  }
}

/// Throws if `status` is an error; `detail` is composed only then.
@inline(__always)
func check(_ status: Int32, _ call: String, detail: @autoclosure () -> String? = nil) throws(OpenCLError) {
  if status != 0 {
    throw OpenCLError(status: OpenCLStatus(status), call: call, detail: detail())
  }
}

/// The object that a `clCreate...` call made, or the error it reported.
func created(
  _ object: OpaquePointer?, _ status: Int32, _ call: String, detail: @autoclosure () -> String? = nil
) throws(OpenCLError) -> OpaquePointer {
  try check(status, call, detail: detail())
  guard let object else {
    throw OpenCLError(refused: .outOfHostMemory, call: call, detail: "the driver returned no object")
  }
  return object
}
