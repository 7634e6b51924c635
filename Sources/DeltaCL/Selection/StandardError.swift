import Foundation

/// What the library prints for a person.
enum StandardError {
  /// Writes a line. What cannot be written is lost.
  static func line(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data("deltacl: \(text)\n".utf8))
  }
}
