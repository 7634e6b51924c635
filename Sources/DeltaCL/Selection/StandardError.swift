import Foundation
import Synchronization

/// What the library prints for a person.
enum StandardError {
  /// Writes a line. What cannot be written is lost.
  static func line(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data("deltacl: \(text)\n".utf8))
  }

  private static let said = Mutex<Set<String>>([])

  /// Writes a line, once in a process.
  static func lineOnce(_ text: String) {
    guard said.withLock({ $0.insert(text).inserted }) else { return }
    line(text)
  }
}
