import Foundation

extension String {
  /// The text as one word of a POSIX shell.
  var quotedForShell: String {
    let isPlain =
      !isEmpty
      && unicodeScalars.allSatisfy {
        "a"..."z" ~= $0 || "A"..."Z" ~= $0 || "0"..."9" ~= $0 || "-_./:=".unicodeScalars.contains($0)
      }
    if isPlain { return self }
    if self == escapedForTerminal { return "'" + replacing("'", with: #"'\''"#) + "'" }
    // What must not reach a terminal, by bytes, which bash, zsh and POSIX of 2024 read in these quotes.
    return "$'"
      + utf8.map { byte in
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
        case 0x20..<0x7F: String(UnicodeScalar(byte))
        default: String(format: "\\%03o", Int(byte))
        }
      }.joined() + "'"
  }
}
