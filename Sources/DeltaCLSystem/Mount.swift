/// A file system that is mounted, as the kernel tells it in `/proc/self/mountinfo`, see proc(5).
package struct Mount {
  /// The folder of the file system that is seen at ``point``.
  package let root: String
  /// Where it is mounted.
  package let point: String
  /// The kind of the file system.
  package let type: String
  /// The options of the file system itself, such as the controllers of a hierarchy of control groups.
  package let options: [String]

  /// All mounts of this process; none if the kernel does not say.
  package static var all: [Mount] { all(from: "/proc/self/mountinfo") }

  /// The mounts in a file of that form.
  static func all(from path: String) -> [Mount] {
    (SmallFile.read(path) ?? []).split(separator: UInt8(ascii: "\n")).compactMap(Mount.init)
  }

  /// "36 35 98:0 /root /point rw,noatime master:1 - ext3 /dev/sda rw,errors=continue": optional fields end with the hyphen.
  private init?(line: ArraySlice<UInt8>) {
    let fields = line.split(separator: UInt8(ascii: " ")).map { NativePath.text(Self.unescaped($0)) }
    guard let hyphen = fields.dropFirst(6).firstIndex(of: "-"), hyphen + 1 < fields.count else { return nil }
    root = fields[3]
    point = fields[4]
    type = fields[hyphen + 1]
    options = hyphen + 3 < fields.count ? fields[hyphen + 3].split(separator: ",").map(String.init) : []
  }

  /// The bytes with escapes such as `\040`, for a space, replaced by what they stand for.
  private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      if byte == UInt8(ascii: "\\"), digits.count == 3,
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8)
      {
        bytes.append(value)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }
}
