/// A value in the header of an npy file, which is written as in Python.
enum PythonLiteral: Hashable {
  case string(String)
  case boolean(Bool)
  case tuple([Int])
  /// A list, whose contents nothing asks for.
  case list

  /// Reads a dictionary with strings as keys; `nil` if the text is none.
  static func dictionary(_ text: [UInt8]) -> [String: PythonLiteral]? {
    var scanner = Scanner(text: text)
    guard scanner.take("{") else { return nil }
    var fields: [String: PythonLiteral] = [:]
    while !scanner.take("}") {
      guard let key = scanner.string(), scanner.take(":"), let value = scanner.value(),
        fields.updateValue(value, forKey: key) == nil
      else { return nil }
      if scanner.take(",") { continue }
      guard scanner.take("}") else { return nil }
      break
    }
    return scanner.isAtEnd ? fields : nil
  }

  private struct Scanner {
    let text: [UInt8]
    private var position = 0

    init(text: [UInt8]) {
      self.text = text
    }

    var isAtEnd: Bool {
      mutating get { peek() == nil }
    }

    /// The next byte that is no space, left in place.
    private mutating func peek() -> UInt8? {
      while position < text.count, text[position] == 0x20 || text[position] == 0x0a { position += 1 }
      return position < text.count ? text[position] : nil
    }

    mutating func take(_ character: Character) -> Bool {
      guard let next = peek(), next == character.asciiValue else { return false }
      position += 1
      return true
    }

    /// A string in quotes, without escapes.
    mutating func string() -> String? {
      guard let quote = peek(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
        let end = text[(position + 1)...].firstIndex(of: quote)
      else { return nil }
      defer { position = end + 1 }
      return String(validating: text[position + 1..<end], as: UTF8.self)
    }

    mutating func value() -> PythonLiteral? {
      switch peek() {
      case UInt8(ascii: "'"), UInt8(ascii: "\""):
        return string().map { .string($0) }
      case UInt8(ascii: "("):
        return tuple().map { .tuple($0) }
      case UInt8(ascii: "["):
        return skipList() ? .list : nil
      default:
        for (word, value) in [("True", true), ("False", false)] where text[position...].starts(with: word.utf8) {
          position += word.utf8.count
          return .boolean(value)
        }
        return nil
      }
    }

    /// Numbers from 0 on, with the `L` that Python 2 wrote behind them.
    private mutating func tuple() -> [Int]? {
      guard take("(") else { return nil }
      var numbers: [Int] = []
      while !take(")") {
        _ = peek()
        let digits = text[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
        position = digits.endIndex
        numbers.append(number)
        _ = take("L")
        if take(",") { continue }
        guard take(")") else { return nil }
        break
      }
      return numbers
    }

    /// Passes over a list by its brackets.
    private mutating func skipList() -> Bool {
      var depth = 0
      while position < text.count {
        let byte = text[position]
        position += 1
        if byte == UInt8(ascii: "[") { depth += 1 }
        if byte == UInt8(ascii: "]") { depth -= 1 }
        if depth == 0 { return true }
      }
      return false
    }
  }
}
