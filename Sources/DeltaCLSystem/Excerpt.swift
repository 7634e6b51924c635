/// Shortens what comes from a file or a person, so that a message stays a line that can be read.
package enum Excerpt {
  /// A name in quotes: its first characters, control characters escaped.
  package static func quoted(_ text: some StringProtocol) -> String {
    let limit = 80
    let shown = text.unicodeScalars.prefix(limit).map { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: scalar.escaped(asASCII: true)
      default: String(scalar)
      }
    }
    let rest = text.unicodeScalars.count - limit
    return "'\(shown.joined())'" + (rest > 0 ? " and \(rest) more characters" : "")
  }

  /// The first items of a list.
  package static func list(_ items: some Collection) -> String {
    let limit = 12
    let shown = items.prefix(limit).map { item in
      let text = "\(item)"
      return text.unicodeScalars.count > 80 ? quoted(text) : text
    }
    let rest = items.count - limit
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }

  /// A long line without its middle.
  package static func line(_ text: String) -> String {
    let limit = 2000
    let scalars = text.unicodeScalars
    // A string knows how many bytes it has.
    guard text.utf8.count > limit, scalars.count > limit else { return text }
    let (beginning, end) = (String(scalars.prefix(limit * 3 / 4)), String(scalars.suffix(limit / 4)))
    return "\(beginning) ... \(end)"
  }
}
