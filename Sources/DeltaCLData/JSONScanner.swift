/// Reads strict JSON (RFC 8259) token by token, so that the caller sees duplicate keys and no tree is built.
struct JSONScanner {
  /// Where and why the text stops being JSON.
  struct Failure: Error {
    let offset: Int
    let reason: String
  }

  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// The next byte that is not white space, left in place; nil at the end.
  mutating func peek() -> UInt8? {
    while position < bytes.endIndex, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
    return position < bytes.endIndex ? bytes[position] : nil
  }

  /// Takes `character` if it comes next.
  mutating func take(_ character: Character) -> Bool {
    guard let expected = character.asciiValue, peek() == expected else { return false }
    position += 1
    return true
  }

  /// Takes `character`, which must come next.
  mutating func expect(_ character: Character) throws(Failure) {
    guard take(character) else { throw failure("'\(character)' expected") }
  }

  /// Requires that only white space is left.
  mutating func expectEnd() throws(Failure) {
    guard peek() == nil else { throw failure("text after the end") }
  }

  /// Reads an object; `member` is called at each value with its key and must take that value.
  mutating func object(
    _ member: (_ key: String, _ scanner: inout JSONScanner) throws(Failure) -> Void
  ) throws(Failure) {
    try expect("{")
    if take("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try member(key, &self)
    } while take(",")
    try expect("}")
  }

  /// Reads an array of integers from 0 to `Int.max`.
  mutating func integers() throws(Failure) -> [Int] {
    var values: [Int] = []
    try expect("[")
    if take("]") { return values }
    repeat { values.append(try integer()) } while take(",")
    try expect("]")
    return values
  }

  /// Reads an integer from 0 to `Int.max`; signs, fractions and exponents are refused.
  mutating func integer() throws(Failure) -> Int {
    let number = try numberText()
    guard let value = Int(number), number.first != "-" else {
      throw failure("\(number.prefix(24)) is not an integer from 0 to \(Int.max)")
    }
    return value
  }

  /// Reads a string and resolves its escapes.
  mutating func string() throws(Failure) -> String {
    guard take("\"") else { throw failure("a string expected") }
    var text: [UInt8] = []
    while position < bytes.endIndex {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else { throw failure("a string that is not UTF-8") }
        return string
      case UInt8(ascii: "\\"):
        text.append(contentsOf: String(try escape()).utf8)
      case 0..<0x20:
        throw failure("a control character in a string")
      default:
        text.append(byte)
      }
    }
    throw failure("a string without end")
  }

  /// Takes the value `null` if it comes next.
  mutating func takeNull() throws(Failure) -> Bool {
    guard peek() == UInt8(ascii: "n") else { return false }
    try literal("null")
    return true
  }

  /// Passes over any value.
  mutating func skipValue(depth: Int = 0) throws(Failure) {
    switch peek() {
    case UInt8(ascii: "{"):
      try checkDepth(depth)
      try object { (_, scanner) throws(Failure) in try scanner.skipValue(depth: depth + 1) }
    case UInt8(ascii: "["):
      try checkDepth(depth)
      try expect("[")
      if take("]") { return }
      repeat { try skipValue(depth: depth + 1) } while take(",")
      try expect("]")
    case UInt8(ascii: "\""):
      _ = try string()
    case UInt8(ascii: "t"):
      try literal("true")
    case UInt8(ascii: "f"):
      try literal("false")
    case UInt8(ascii: "n"):
      try literal("null")
    default:
      let number = try numberText()
      guard let value = Double(number), value.isFinite else { throw failure("a number out of range") }
    }
  }

  /// A failure at the current position.
  func failure(_ reason: String) -> Failure {
    Failure(offset: position - bytes.startIndex, reason: reason)
  }

  /// Each level costs stack; the reference reader of safetensors goes as deep.
  private func checkDepth(_ depth: Int) throws(Failure) {
    guard depth < 125 else { throw failure("values nested too deeply") }
  }

  private mutating func literal(_ text: String) throws(Failure) {
    for character in text.utf8 {
      guard position < bytes.endIndex, bytes[position] == character else { throw failure("\(text) expected") }
      position += 1
    }
  }

  /// A number by the grammar: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
  private mutating func numberText() throws(Failure) -> String {
    _ = peek()
    let start = position
    takeByte("-")
    if !takeByte("0") { try digits() }
    if takeByte(".") { try digits() }
    if takeByte("e") || takeByte("E") {
      if !takeByte("+") { takeByte("-") }
      try digits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func digits() throws(Failure) {
    let start = position
    while position < bytes.endIndex, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) { position += 1 }
    guard position > start else { throw failure("a number expected") }
  }

  /// Takes `character` if it is the very next byte.
  @discardableResult
  private mutating func takeByte(_ character: Character) -> Bool {
    guard position < bytes.endIndex, bytes[position] == character.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func escape() throws(Failure) -> Unicode.Scalar {
    guard position < bytes.endIndex else { throw failure("a string without end") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let high = try codeUnit()
      if let scalar = Unicode.Scalar(high) { return scalar }
      guard (0xd800..<0xdc00).contains(high), takeByte("\\"), takeByte("u") else {
        throw failure("half a surrogate pair")
      }
      let low = try codeUnit()
      guard (0xdc00..<0xe000).contains(low),
        let scalar = Unicode.Scalar(0x10000 + (UInt32(high) - 0xd800) << 10 + (UInt32(low) - 0xdc00))
      else { throw failure("half a surrogate pair") }
      return scalar
    default:
      throw failure("an unknown escape in a string")
    }
  }

  private mutating func codeUnit() throws(Failure) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard position < bytes.endIndex, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
        throw failure("four hexadecimal digits expected after \\u")
      }
      value = value << 4 | UInt16(digit)
      position += 1
    }
    return value
  }
}
