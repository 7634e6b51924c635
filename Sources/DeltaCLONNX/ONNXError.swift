import DeltaCLSystem

/// What is wrong with an ONNX model, or with what it is run on, in one line.
public struct ONNXError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The kind of failure, for programs that react to it.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The code's name, such as `malformed`.
    public let description: String

    /// The model breaks the rules of its format.
    public static let malformed = Code(description: "malformed")
    /// The model may be right, but has what is not computed here.
    public static let unsupported = Code(description: "unsupported")
    /// An input does not have the shape or the type that the model asks for.
    public static let mismatch = Code(description: "mismatch")
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

  /// The message; a very long one without its middle.
  public var description: String { Excerpt.line(message) }
}
