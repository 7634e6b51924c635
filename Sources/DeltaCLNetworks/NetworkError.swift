/// What is wrong with a network, its parameters or a call on them, in one line.
public struct NetworkError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure, for programs that react to it.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code's name, such as `invalidLayer`.
    public let description: String

    /// No network has the name that was asked for.
    public static let unknownNetwork = Code(description: "unknownNetwork")
    /// A layer cannot take the input it is given.
    public static let invalidLayer = Code(description: "invalidLayer")
    /// The network's output is not what its loss needs.
    public static let invalidOutput = Code(description: "invalidOutput")
    /// Parameters are missing, unknown or have other shapes than the network's.
    public static let mismatchedParameters = Code(description: "mismatchedParameters")
    /// An operation has no rule for its deltas.
    public static let notDifferentiable = Code(description: "notDifferentiable")
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
