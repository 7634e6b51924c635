import Foundation

/// What a report that is sent to others must not tell: paths, and the names of the user and the machine.
enum PersonalData {
  /// The names, longest first, so that none is taken for a part of another.
  private static let names: [(name: String, placeholder: String)] = {
    let environment = ProcessInfo.processInfo.environment
    let users = [NSUserName(), environment["USER"], environment["LOGNAME"]].compactMap(\.self)
    var buffer = [CChar](repeating: 0, count: 256)
    gethostname(&buffer, buffer.count - 1)
    let host = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let hosts = [host, String(host.prefix { $0 != "." })]
    let all = users.map { ($0, "<user>") } + hosts.map { ($0, "<host>") }
    return all.filter { $0.0.count > 1 }.sorted { $0.0.count > $1.0.count }.map { (name: $0.0, placeholder: $0.1) }
  }()

  /// The text with placeholders, as from a driver or a compiler.
  static func removed(from text: String) -> String {
    removed(from: text, names: names)
  }

  /// - Parameter names: What is replaced where it is a word of its own, and by what.
  static func removed(from text: String, names: [(name: String, placeholder: String)]) -> String {
    var result = ""
    for part in words(of: text) {
      guard let first = part.first, !first.isWhitespace else {
        result += part
        continue
      }
      result += isPath(part) ? "<path>" : removed(fromWord: String(part), names)
    }
    return result
  }

  /// Stretches of white space and what lies between.
  private static func words(of text: String) -> [Substring] {
    var words: [Substring] = []
    var rest = text[...]
    while let first = rest.first {
      let word = rest.prefix { $0.isWhitespace == first.isWhitespace }
      words.append(word)
      rest = rest.dropFirst(word.count)
    }
    return words
  }

  /// Whether a word holds a path: a slash at its beginning, after an option or a mark, or more than one.
  private static func isPath(_ word: Substring) -> Bool {
    guard let slash = word.firstIndex(of: "/"), word.count > 1 else { return false }
    if word.count(where: { $0 == "/" }) > 1 { return true }
    guard slash > word.startIndex else { return true }
    let before = word[word.index(before: slash)]
    return !before.isLetter && !before.isNumber && before != ")"
  }

  private static func removed(fromWord word: String, _ names: [(name: String, placeholder: String)]) -> String {
    func isBoundary(_ character: Character?) -> Bool {
      character.map { !$0.isLetter && !$0.isNumber && $0 != "_" } ?? true
    }
    var word = word
    for (name, placeholder) in names {
      var start = word.startIndex
      while let range = word.range(of: name, range: start..<word.endIndex) {
        let before = range.lowerBound > word.startIndex ? word[word.index(before: range.lowerBound)] : nil
        let after = range.upperBound < word.endIndex ? word[range.upperBound] : nil
        guard isBoundary(before), isBoundary(after) else {
          start = range.upperBound
          continue
        }
        let offset = word.distance(from: word.startIndex, to: range.lowerBound) + placeholder.count
        word.replaceSubrange(range, with: placeholder)
        start = word.index(word.startIndex, offsetBy: offset)
      }
    }
    return word
  }
}
