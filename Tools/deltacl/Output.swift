import DeltaCLSystem
import Foundation

/// The command's two streams: answers on standard output, messages on standard error.
enum Output {
  /// Whether standard output is a terminal.
  static let isTerminal = isatty(STDOUT_FILENO) == 1

  /// Writes text as it is to standard output.
  ///
  /// - Throws: ``CommandFailure`` where it cannot be written, as on a full disk.
  static func write(_ text: String) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      throw CommandFailure("cannot write to standard output: \(String(cString: strerror(errno)))")
    }
  }

  /// Writes a line to standard output.
  static func line(_ text: String) throws {
    try write(text + "\n")
  }

  /// Writes text as it is to standard error. What cannot be written is lost.
  static func text(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Writes a line to standard error, with the command's name in front. A message that cannot be written is lost.
  ///
  /// What is longer than anybody reads is shown without its middle.
  static func message(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Excerpt.line(String($0)) }
    try? FileHandle.standardError.write(contentsOf: Data("deltacl: \(lines.joined(separator: "\n"))\n".utf8))
  }

  /// Writes `value` as indented JSON to standard output.
  static func json(
    _ value: some Encodable, keys: JSONEncoder.KeyEncodingStrategy = .convertToSnakeCase
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    encoder.keyEncodingStrategy = keys
    try line(String(decoding: encoder.encode(value), as: UTF8.self))
  }
}
