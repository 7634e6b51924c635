import DeltaCLSystem
import Glibc

extension FileSystem {
  /// Whether something is mounted at `path`, as a container's engine does with single files: it can be written to and not replaced.
  static func isMountPoint(_ path: String) -> Bool {
    guard let resolved = NativePath.withPath(path, { realpath($0, nil) }) else { return false }
    defer { free(resolved) }
    let wanted = Array(UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
    // proc(5): the fifth field is the mount point, with spaces and backslashes as octal escapes.
    let lines = SmallFile.read("/proc/self/mountinfo")?.split(separator: UInt8(ascii: "\n")) ?? []
    return lines.contains { line in
      let fields = line.split(separator: UInt8(ascii: " "))
      return fields.count > 4 && unescaped(fields[4]) == wanted
    }
  }

  /// The bytes with escapes such as `\040` replaced by what they stand for.
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
