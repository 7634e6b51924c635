import DeltaCLSystem

extension String {
  /// The text with all characters that could control a terminal or turn the direction of what follows replaced by escapes such as
  /// `\u{1B}`, `\n` for a line feed and `\xFD` for a byte of a path that is not UTF-8: names, paths and texts from files can hold
  /// anything.
  var escapedForTerminal: String { escapedForTerminal(keepingLineFeeds: false) }

  /// The text with such characters replaced.
  ///
  /// - Parameter keepingLineFeeds: Whether line feeds and tabs stay, in a text of several lines.
  func escapedForTerminal(keepingLineFeeds: Bool) -> String {
    guard unicodeScalars.contains(where: \.isControl) else { return self }
    var escaped = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "\n": escaped += keepingLineFeeds ? "\n" : #"\n"#
      case "\r": escaped += #"\r"#
      case "\t": escaped += keepingLineFeeds ? "\t" : #"\t"#
      case _ where scalar.isControl:
        if let byte = NativePath.byte(scalar) {
          escaped += "\\x" + String(byte, radix: 16, uppercase: true)
          continue
        }
        let digits = String(scalar.value, radix: 16, uppercase: true)
        escaped += "\\u{\(digits.count < 2 ? "0" : "")\(digits)}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// JSON text with the control characters replaced that its grammar allows in strings: DEL and those from U+0080 on.
  ///
  /// A byte of a path that is not UTF-8 becomes the text `\xFD`, as on a terminal. Python's lone surrogates would keep the byte apart
  /// from a name with a backslash, and have strict parsers, such as serde's and Foundation's, refuse the whole document.
  var escapedJSON: String {
    guard unicodeScalars.contains(where: { $0.isControl && $0.value >= 0x7F }) else { return self }
    var escaped = ""
    for scalar in unicodeScalars {
      if let byte = NativePath.byte(scalar) {
        escaped += #"\\x"# + String(byte, radix: 16, uppercase: true)
      } else if scalar.isControl && scalar.value >= 0x7F && scalar.value <= 0xFFFF {
        let digits = String(scalar.value, radix: 16)
        escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      } else {
        escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

extension Unicode.Scalar {
  /// Whether the character controls a terminal instead of showing a glyph: the control characters (C0, DEL, C1), line and paragraph separators, and what
  /// turns the direction of writing.
  fileprivate var isControl: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: NativePath.byte(self) != nil
    }
  }
}
