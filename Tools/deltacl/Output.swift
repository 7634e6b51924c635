import DeltaCLSystem
import Foundation
import OpenCL

/// The command's two streams: answers on standard output, messages on standard error.
///
/// Everything that could control a terminal is escaped. Line feeds stay: escape texts from files by
/// ``Swift/String/escapedForTerminal`` if they are put into a line.
enum Output {
  /// Whether standard output is a terminal.
  static let isTerminal = isatty(STDOUT_FILENO) == 1

  /// Occupies closed standard streams, so that no file that is opened later gets their descriptors and what is printed.
  static func occupyClosedStreams() {
    // Writing to what was opened for reading fails, as it should.
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", O_RDONLY)
    }
  }

  /// Writes text as it is to standard output, escape sequences included.
  ///
  /// - Throws: ``OutputFailure``.
  static func write(_ text: String) throws {
    if let number = write(text, to: STDOUT_FILENO) {
      throw OutputFailure(reason: String(cString: strerror(number)))
    }
  }

  /// Writes a line to standard output.
  ///
  /// - Throws: As ``write(_:)``.
  static func line(_ text: String) throws {
    try write(text.escapedForTerminal(keepingLineFeeds: true) + "\n")
  }

  /// Writes text to standard error. What cannot be written is lost.
  static func text(_ text: String) {
    _ = write(text.escapedForTerminal(keepingLineFeeds: true), to: STDERR_FILENO)
  }

  /// Writes a line to standard error, with the command's name in front. A message that cannot be written is lost.
  ///
  /// Very long lines are shown without their middle.
  static func message(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Excerpt.line(String($0)) }
    Self.text("deltacl: \(lines.joined(separator: "\n"))\n")
  }

  /// Writes one line to standard error that says what failed.
  static func failure(_ error: any Error) {
    // A compiler's log is worth its lines.
    message("error: " + (error is ProgramBuildError ? "\(error)" : oneLine("\(error)")))
  }

  /// The text without line breaks.
  static func oneLine(_ text: String) -> String {
    text.replacing(":\n  - ", with: ": ").replacing("\n  - ", with: ", ")
      .split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  /// Writes `value` as indented JSON to standard output.
  static func json(_ value: some Encodable) throws {
    try write(jsonText(value) + "\n")
  }

  /// `value` as indented JSON.
  static func jsonText(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return String(decoding: try encoder.encode(value), as: UTF8.self).escapedJSON
  }

  /// Writes all of `text`.
  ///
  /// - Returns: The error number of what failed; `nil` if all is written.
  private static func write(_ text: String, to descriptor: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
      var start = 0
      while start < bytes.count {
        let rest = UnsafeBufferPointer(rebasing: bytes[start...])
        let sent = Foundation.write(descriptor, rest.baseAddress, rest.count)
        if sent < 0 && errno == EINTR { continue }
        guard sent > 0 else { return sent < 0 ? errno : EIO }
        start += sent
      }
      return nil
    }
  }
}
