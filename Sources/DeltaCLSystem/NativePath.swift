#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Paths as text without loss.
///
/// A path is bytes, and a `String` holds Unicode alone. Bytes that are not UTF-8 become characters of a private-use area here and
/// bytes again for the system, after the idea of Python's `surrogateescape` (PEP 383); characters of that area in a path are
/// taken for bytes too, so that every path has one text and every such text one path.
package enum NativePath {
  /// What stands for the byte 0 in the area; the bytes 0x80 to 0xff occur.
  private static let base: UInt32 = 0x10_F700
  private static let area = base + 0x80...base + 0xff

  /// The text of a path, an argument or an environment variable.
  package static func text(_ bytes: some Collection<UInt8>) -> String {
    if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: isByte) { return text }
    var text = String.UnicodeScalarView()
    var rest = Array(bytes)[...]
    while let first = rest.first {
      let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
      if let character = String(validating: rest.prefix(length), as: UTF8.self), character.unicodeScalars.count == 1,
        let scalar = character.unicodeScalars.first, !isByte(scalar)
      {
        text.append(scalar)
        rest = rest.dropFirst(length)
      } else {
        if let scalar = Unicode.Scalar(base + UInt32(first)) { text.append(scalar) }
        rest = rest.dropFirst()
      }
    }
    return String(text)
  }

  /// The text of a path that ends with a zero.
  package static func text(_ path: UnsafePointer<CChar>) -> String {
    text(UnsafeRawBufferPointer(start: path, count: strlen(path)))
  }

  /// The bytes of a path, without a zero at the end.
  package static func bytes(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      if isByte(scalar) {
        bytes.append(UInt8(truncatingIfNeeded: scalar.value - base))
      } else {
        bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      }
    }
    return bytes
  }

  /// Calls `body` with the path as the system takes it.
  package static func withPath<Result>(_ text: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    (bytes(text) + [0]).map { CChar(bitPattern: $0) }.withUnsafeBufferPointer { path in
      path.baseAddress.map(body) ?? body("")
    }
  }

  /// The environment of the process, as texts that keep the bytes.
  package static var environment: [String: String] {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      // By bytes: a value can begin with a combining mark.
      let parts = Self.text(text).utf8.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { variables[String(Substring(parts[0]))] = String(Substring(parts[1])) }
      entry += 1
    }
    return variables
  }

  /// The value of an environment variable; `nil` if it is not set.
  package static func environment(_ name: String) -> String? {
    getenv(name).map { text($0) }
  }

  /// The byte that a character stands for.
  package static func byte(_ scalar: Unicode.Scalar) -> UInt8? {
    isByte(scalar) ? UInt8(truncatingIfNeeded: scalar.value - base) : nil
  }

  private static func isByte(_ scalar: Unicode.Scalar) -> Bool { area.contains(scalar.value) }
}
