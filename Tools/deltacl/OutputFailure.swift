/// Standard output cannot be written, as on a full disk or to a pipe that nobody reads.
struct OutputFailure: Error, CustomStringConvertible {
  /// The system's reason.
  let reason: String

  var description: String { "cannot write to standard output: \(reason)" }
}
