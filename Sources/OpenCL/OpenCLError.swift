/// An OpenCL call that failed, or that would have been wrong to make.
public struct OpenCLError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the call returned.
  public let status: OpenCLStatus
  /// The OpenCL function, such as `clCreateBuffer`.
  public let call: String
  /// The values at fault and what to do, where known.
  public let detail: String?

  /// Describes a failed call.
  public init(status: OpenCLStatus, call: String, detail: String? = nil) {
    self.status = status
    self.call = call
    self.detail = detail
  }

  /// Whether a smaller batch could succeed where this failed.
  public var isOutOfMemory: Bool { status.isOutOfMemory }

  /// One line: the call, the status and the detail.
  public var description: String {
    let parts = ["\(call) failed with \(status)", detail, isOutOfMemory ? "try a smaller batch" : nil]
    return parts.compactMap { $0 }.joined(separator: ": ")
  }
}

/// Throws where `status` is an error; `detail` is composed only then.
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
    throw OpenCLError(status: .outOfHostMemory, call: call, detail: "the driver returned no object")
  }
  return object
}
