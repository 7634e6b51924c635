import Foundation

/// A JSON array on standard output that is written element by element, so that no element is lost when a later one fails.
struct JSONList {
  private var count = 0

  /// Writes an element.
  ///
  /// - Throws: ``OutputFailure``.
  mutating func append(_ element: some Encodable) throws {
    // JSON strings hold no line feeds, so only the indentation changes.
    let lines = try Output.jsonText(element).split(separator: "\n").joined(separator: "\n  ")
    try Output.write((count == 0 ? "[\n  " : ",\n  ") + lines)
    count += 1
  }

  /// Writes the end of the array.
  ///
  /// - Throws: ``OutputFailure``.
  func end() throws {
    try Output.write(count == 0 ? "[]\n" : "\n]\n")
  }
}
