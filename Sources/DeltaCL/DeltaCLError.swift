/// What went wrong in a DeltaCL call, in one line that says what, where, with which values and what to do.
///
/// Failures of an OpenCL driver arrive as the `OpenCL` module's `OpenCLError` and `ProgramBuildError`, or wrapped in
/// ``Code/deviceFailure`` with the name of the operation where one is known.
public struct DeltaCLError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure, for code that wants to react to it.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The kind's name.
    public let description: String

    /// A descriptor's parameters are impossible: a stride of 0, a window larger than the padded input.
    public static let invalidDescriptor = Code(description: "invalid descriptor")
    /// A tensor does not have the shape, element type or backend that the operation asks for.
    public static let mismatch = Code(description: "mismatch")
    /// A size exceeds what kernels index, or what fits into memory.
    public static let tooLarge = Code(description: "too large")
    /// The device has not enough memory.
    public static let outOfMemory = Code(description: "out of memory")
    /// No device has the name or index that was asked for.
    public static let unknownDevice = Code(description: "unknown device")
    /// More than one device answers to the name that was asked for.
    public static let ambiguousDevice = Code(description: "ambiguous device")
    /// A driver failed while it ran an operation.
    public static let deviceFailure = Code(description: "device failure")
    /// A device cannot run a kernel, as its work-groups are too small, or computes wrong values by all that there are for an operation.
    public static let unsupportedKernel = Code(description: "unsupported kernel")
    /// The system starts no thread.
    public static let outOfThreads = Code(description: "out of threads")
    /// An OpenCL driver has no folder to compile kernels in.
    public static let kernelCache = Code(description: "kernel cache")
    /// A kernel source cannot be read.
    public static let missingKernel = Code(description: "missing kernel")
    /// A value that was passed is outside of what the call accepts.
    public static let invalidArgument = Code(description: "invalid argument")
  }

  /// The kind of failure.
  public let code: Code
  /// One line for a person.
  public let message: String

  /// Creates an error; `message` is one line that says what, where, with which values and what to do.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The message.
  public var description: String { message }
}
