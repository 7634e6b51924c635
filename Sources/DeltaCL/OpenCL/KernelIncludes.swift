/// Replaces `#include "path"` by the header: drivers differ in how they take headers, and most take none from memory.
///
/// Paths are relative to the kernels' root. Each header is inserted once, so an `#include` must not depend on conditions.
/// `#line` lets compilers name the right file and line.
struct KernelIncludes {
  private let text: (String) throws(DeltaCLError) -> String
  /// The files from the outermost one to the one that is being read.
  private var open: [String] = []
  private var included: Set<String> = []
  private var result = ""

  /// The text of a file with all that it includes.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - text: The text of a file.
  /// - Throws: ``DeltaCLError`` (`missingKernel`) for a header that is missing or includes itself, with the file and line that
  ///   include it; what `text` throws of `path` itself.
  static func expanding(
    _ path: String, text: @escaping (String) throws(DeltaCLError) -> String
  ) throws(DeltaCLError) -> String {
    var includes = KernelIncludes(text: text)
    try includes.append(path, text(path))
    return includes.result
  }

  private init(text: @escaping (String) throws(DeltaCLError) -> String) {
    self.text = text
  }

  private mutating func append(_ path: String, _ content: String) throws(DeltaCLError) {
    open.append(path)
    result += "#line 1 \"\(path)\"\n"
    var lines = content.split(separator: "\n", omittingEmptySubsequences: false)
    // No line follows the last line feed.
    if lines.last?.isEmpty == true { lines.removeLast() }
    for (index, line) in lines.enumerated() {
      guard let header = Self.header(of: line) else {
        result += "\(line)\n"
        continue
      }
      try include(header, from: "\(path):\(index + 1)")
      result += "#line \(index + 2) \"\(path)\"\n"
    }
    open.removeLast()
  }

  private mutating func include(_ header: String, from place: String) throws(DeltaCLError) {
    if open.contains(header) {
      throw DeltaCLError(
        .missingKernel, "\(place): \(header) includes itself: \((open + [header]).joined(separator: " > "))")
    }
    guard included.insert(header).inserted else { return }
    let content: String
    do {
      content = try text(header)
    } catch {
      throw DeltaCLError(.missingKernel, "\(place): cannot include \"\(header)\": \(error.message)")
    }
    try append(header, content)
  }

  /// The path of a line `#include "path"`.
  private static func header(of line: Substring) -> String? {
    let parts = line.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].filter({ !$0.isWhitespace }) == "#include" else { return nil }
    return String(parts[1])
  }
}
