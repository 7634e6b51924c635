import CZlib
import DeltaCLSystem

/// A zip archive (PKWARE's APPNOTE 6.3) whose directory was read and whose members are read one by one.
///
/// Members are stored or deflated, and sizes may have 64 bits. An archive that contradicts itself is refused: one whose members overlap,
/// whose names occur twice, or whose sizes cannot be true. So no more can come out than members of that size can hold.
final class ZipArchive: Sendable {
  /// A file in the archive.
  struct Member: Sendable {
    let name: String
    /// The size when it is not deflated, in bytes.
    let size: Int
    let isDeflated: Bool
    /// The bytes that it takes in the archive.
    let storedSize: Int
    /// The CRC-32 of its bytes.
    let checksum: UInt32
    /// Where its own header begins.
    let offset: Int
    /// Where the next member or the directory begins.
    var end = 0
  }

  let file: InputFile
  /// The members in the order of their places.
  let members: [Member]
  private let indices: [String: Int]

  /// Whether a file that begins so is an archive.
  static func isArchive(_ beginning: [UInt8]) -> Bool {
    beginning.starts(with: [0x50, 0x4b, 3, 4]) || beginning.starts(with: [0x50, 0x4b, 5, 6])
  }

  /// Reads the directory of an open file.
  ///
  /// - Throws: `DataError` when the file breaks a rule of the format or is encrypted or compressed in another way.
  init(_ file: InputFile) throws(DataError) {
    self.file = file
    let directory = try Directory(file)
    var members = try directory.members(path: file.path).sorted { $0.offset < $1.offset }
    var indices: [String: Int] = [:]
    for index in members.indices {
      let member = members[index]
      members[index].end = index + 1 < members.count ? members[index + 1].offset : directory.range.lowerBound
      guard member.offset + Self.headerLength + member.name.utf8.count + member.storedSize <= members[index].end else {
        throw DataError(
          .malformed, file.path,
          "the member \(Excerpt.quoted(member.name)) overlaps what follows it; the archive is damaged or made to mislead"
        )
      }
      guard indices.updateValue(index, forKey: member.name) == nil else {
        throw DataError(.malformed, file.path, "the member \(Excerpt.quoted(member.name)) occurs twice")
      }
    }
    self.members = members
    self.indices = indices
  }

  /// The member called `name`.
  subscript(name: String) -> Member? { indices[name].map { members[$0] } }

  /// Reads a member and verifies its checksum.
  ///
  /// - Throws: `DataError` when the member is damaged or memory has no room for it.
  func read(_ member: Member) throws(DataError) -> [UInt8] {
    let start = try dataStart(of: member)
    let stored = try file.read(whole: start..<start + member.storedSize)
    let bytes =
      member.isDeflated
      ? try Deflate.inflate(stored, count: member.size, isWhole: true, name: label(member)) : stored
    guard Self.checksum(bytes) == member.checksum else {
      throw DataError(
        .malformed, label(member),
        "its checksum is wrong: the file is damaged, or was written without checksums; get it again or save it anew")
    }
    return bytes
  }

  /// Reads the first `count` bytes of a member, or all if there are fewer, unverified.
  ///
  /// - Throws: As ``read(_:)``.
  func read(_ member: Member, prefix count: Int) throws(DataError) -> [UInt8] {
    let start = try dataStart(of: member)
    let count = min(count, member.size)
    guard member.isDeflated else { return try file.read(whole: start..<start + count) }
    // What cannot be compressed takes little more than itself, and the tables of a block some hundred bytes.
    let stored = try file.read(whole: start..<start + min(member.storedSize, 2 * count + 1024))
    return try Deflate.inflate(stored, count: count, isWhole: false, name: label(member))
  }

  /// The member's name for errors.
  func label(_ member: Member) -> String { "\(file.path): \(Excerpt.quoted(member.name))" }

  static let headerLength = 30

  /// Where the bytes of a member begin, by its own header.
  private func dataStart(of member: Member) throws(DataError) -> Int {
    let name = Array(member.name.utf8)
    var header = ByteCursor(try file.read(whole: member.offset..<member.offset + Self.headerLength + name.count))
    guard header.number(UInt32.self) == 0x0403_4b50, header.take(22) != nil,
      let nameLength = header.number(UInt16.self), let extraLength = header.number(UInt16.self),
      Int(nameLength) == name.count, header.take(name.count)?.elementsEqual(name) == true
    else {
      throw DataError(
        .malformed, label(member), "the archive's directory leads to another place; the file is damaged, get it again")
    }
    let start = member.offset + Self.headerLength + name.count + Int(extraLength)
    guard start + member.storedSize <= member.end else {
      throw DataError(.malformed, label(member), "overlaps what follows it; the archive is damaged or made to mislead")
    }
    return start
  }

  /// The CRC-32 of all bytes.
  static func checksum(_ bytes: [UInt8], after previous: UInt32 = 0) -> UInt32 {
    // Without bytes zlib starts over.
    if bytes.isEmpty { return previous }
    return bytes.withUnsafeBufferPointer {
      UInt32(truncatingIfNeeded: crc32_z(UInt(previous), $0.baseAddress, $0.count))
    }
  }
}
