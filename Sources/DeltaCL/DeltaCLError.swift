/// What went wrong in a DeltaCL call, in one line that says what, where, with which values and what to do.
///
/// Failures of an OpenCL driver arrive as the `OpenCL` module's `OpenCLError` and `ProgramBuildError`, or wrapped in
/// ``Code/deviceFailure`` with the name of the operation if one is known.
public struct DeltaCLError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure, for programs that react to it.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code's name, such as `tooLarge`.
    public let description: String

    /// A descriptor's parameters are impossible: a stride of 0, a window larger than the padded input.
    public static let invalidDescriptor = Code(description: "invalidDescriptor")
    /// A tensor does not have the shape, element type or backend that the operation asks for.
    public static let mismatch = Code(description: "mismatch")
    /// A size exceeds what kernels index, or what fits into memory.
    public static let tooLarge = Code(description: "tooLarge")
    /// The device has not enough memory.
    public static let outOfMemory = Code(description: "outOfMemory")
    /// No device has the name or index that was asked for.
    public static let unknownDevice = Code(description: "unknownDevice")
    /// More than one device answers to the name that was asked for.
    public static let ambiguousDevice = Code(description: "ambiguousDevice")
    /// A driver failed while it ran an operation.
    public static let deviceFailure = Code(description: "deviceFailure")
    /// A device cannot run a kernel, whose work-groups or local memory are too large for it, or every kernel for an operation failed its self-test.
    public static let unsupportedKernel = Code(description: "unsupportedKernel")
    /// The system starts no thread.
    public static let outOfThreads = Code(description: "outOfThreads")
    /// An OpenCL driver has no folder to compile kernels in.
    public static let kernelCache = Code(description: "kernelCache")
    /// A kernel source cannot be read.
    public static let missingKernel = Code(description: "missingKernel")
    /// A command has not ended in time.
    public static let timeLimit = Code(description: "timeLimit")
    /// An operation computes something else than its reference.
    public static let wrongResult = Code(description: "wrongResult")
    /// A value that was passed is outside of what the call accepts.
    public static let invalidArgument = Code(description: "invalidArgument")
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
