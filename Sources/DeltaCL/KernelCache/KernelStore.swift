import CZlib
import DeltaCLSystem
import Glibc

/// Files that drivers compiled, kept for later processes by the program that they belong to.
///
/// The name of each begins with the checksum of its place and contents, so that damage is always noticed, and
/// processes can add files at the same time.
struct KernelStore {
  /// The folder that holds a folder for each program.
  let folder: String
  /// The bytes on the disk that the files may take.
  let limit: Int

  init(folder: String, limit: Int = Self.defaultLimit) {
    self.folder = folder
    self.limit = limit
  }

  /// Copies the files of a program to `destination`. Those that are damaged are deleted.
  ///
  /// - Returns: The paths of the copies, relative to `destination`.
  func restore(_ program: String, to destination: String) -> Set<String> {
    let source = "\(folder)/\(program)"
    var restored: Set<String> = []
    restore("", from: source, to: destination, &restored)
    if !restored.isEmpty { touch(program) }
    return restored
  }

  private func restore(_ path: String, from source: String, to destination: String, _ restored: inout Set<String>) {
    let place = source + path
    for name in FileTree.names(in: place) {
      let stored = "\(place)/\(name)"
      guard FileTree.kind(stored) != .folder else {
        restore("\(path)/\(name)", from: source, to: destination, &restored)
        // Removes a folder in the place of a file; others are not empty.
        rmdir(stored)
        continue
      }
      let original = String((path + "/").dropFirst()) + name.dropFirst(Self.prefixLength + 1)
      if let bytes = read(stored), name.hasPrefix(Self.checksum(of: bytes, at: original) + "-") {
        if restored.contains(original) {
          // Two processes have compiled it.
          FileTree.remove(stored)
        } else if copy(bytes, to: "\(destination)/\(original)") {
          // What cannot be copied, as on a full disk, is compiled again.
          restored.insert(original)
        }
      } else if !isBeingAdded(name, stored) {
        FileTree.remove(stored)
      }
    }
  }

  private func read(_ path: String) -> [UInt8]? {
    // What a driver compiles takes tens of kilobytes.
    SmallFile.read(path, limit: 1 << 28, followsLinks: false)
  }

  private func copy(_ bytes: [UInt8], to path: String) -> Bool {
    do {
      try FileTree.makeFolder(NativePath.folder(of: path))
      try FileTree.write(bytes, toNew: path)
      return true
    } catch {
      return false
    }
  }

  /// Whether another process may still be adding the file.
  private func isBeingAdded(_ name: String, _ path: String) -> Bool {
    var status = stat()
    return name.hasPrefix(Self.temporaryPrefix) && NativePath.withPath(path, { lstat($0, &status) }) == 0
      && status.st_mtim.tv_sec > time(nil) - 600
  }

  /// Adds the file at `path` below `origin` to those of a program.
  func keep(_ path: String, below origin: String, for program: String) throws(FileTree.Failure) {
    guard let bytes = read("\(origin)/\(path)") else { return }
    let parts = NativePath.components(path)
    guard let name = parts.last else { return }
    let root = NativePath.folder(of: folder)
    let place = ([folder, program] + parts.dropLast()).joined(separator: "/")
    let temporary = "\(place)/\(Self.temporaryPrefix)\(getpid())-\(name)"
    let target = "\(place)/\(Self.checksum(of: bytes, at: path))-\(name)"
    var failure = FileTree.Failure(ENOENT)
    // A process that prunes the store may remove the folder meanwhile, and a folder may stand in the file's place.
    for _ in 0..<4 {
      do throws(FileTree.Failure) {
        try FileTree.makeFolder(place, replacingFilesBelow: root)
        FileTree.remove(temporary)
        try FileTree.write(bytes, toNew: temporary)
        return try move(temporary, to: target)
      } catch {
        failure = error
      }
      guard failure.number == ENOENT || failure.number == EISDIR else { break }
    }
    throw failure
  }

  private func move(_ temporary: String, to target: String) throws(FileTree.Failure) {
    let (status, number) = NativePath.withPath(temporary) { from in
      NativePath.withPath(target) { to in (rename(from, to), errno) }
    }
    guard status != 0 else { return }
    FileTree.remove(temporary)
    if number == EISDIR { FileTree.remove(target) }
    throw FileTree.Failure(number)
  }

  private static let prefixLength = 8
  private static let temporaryPrefix = "new-"

  private static func checksum(of bytes: [UInt8], at path: String) -> String {
    checksum([Array(path.utf8), bytes])
  }

  /// The CRC-32 of several parts, with their lengths, as eight hexadecimal digits.
  static func checksum(_ parts: [[UInt8]]) -> String {
    var value: UInt = 0
    for part in parts {
      // Without a buffer zlib would start over.
      if !part.isEmpty { value = part.withUnsafeBufferPointer { crc32_z(value, $0.baseAddress, $0.count) } }
      withUnsafeBytes(of: UInt64(part.count).littleEndian) { length in
        value = crc32_z(value, length.bindMemory(to: UInt8.self).baseAddress, length.count)
      }
    }
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: prefixLength - digits.count) + digits
  }
}
