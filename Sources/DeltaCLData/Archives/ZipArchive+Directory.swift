import DeltaCLSystem

extension ZipArchive {
  /// The list of members at the end of an archive.
  struct Directory {
    /// Where it lies in the file.
    let range: Range<Int>
    private let count: Int
    private let bytes: [UInt8]

    /// The longest directory that is read, in bytes.
    private static let lengthLimit = 1 << 24
    private static let endLength = 22, locatorLength = 20, wideEndLength = 56, entryLength = 46

    /// Finds and reads the directory.
    init(_ file: InputFile) throws(DataError) {
      let tailStart = max(0, file.byteCount - Self.endLength - Int(UInt16.max))
      let tail = try file.read(whole: tailStart..<file.byteCount)
      guard let end = Self.endRecord(in: tail) else {
        throw DataError(
          .truncated, file.path, "is a zip archive without its end, which lists what is in it; get the file again")
      }
      var record = ByteCursor(tail, at: end + 4)
      guard let disk = record.number(UInt32.self), record.take(2) != nil, let count = record.number(UInt16.self),
        let length = record.number(UInt32.self), let start = record.number(UInt32.self)
      else { throw Self.damaged(file) }
      var fields = (count: Int(count), length: Int(length), start: Int(start))
      var limit = tailStart + end
      if count == .max || length == .max || start == .max,
        let wide = try Self.wideRecord(file, before: tailStart + end)
      {
        (fields, limit) = (wide.fields, wide.position)
      }
      guard disk == 0 || disk == .max else {
        throw DataError(.unsupported, file.path, "is a part of a zip archive in several files; put it together first")
      }
      guard fields.length <= Self.lengthLimit else {
        throw DataError(.tooLarge, file.path, "announces a directory of \(fields.length) bytes; 16 MiB are read")
      }
      guard fields.start <= limit, fields.length <= limit - fields.start,
        fields.count <= fields.length / Self.entryLength
      else { throw Self.damaged(file) }
      range = fields.start..<fields.start + fields.length
      bytes = try file.read(whole: range)
      self.count = fields.count
    }

    private static func damaged(_ file: InputFile) -> DataError {
      DataError(.malformed, file.path, "the directory of the zip archive is damaged; get the file again")
    }

    /// Where the last record lies whose comment ends with the file.
    private static func endRecord(in tail: [UInt8]) -> Int? {
      guard tail.count >= endLength else { return nil }
      return (0...tail.count - endLength).reversed().first { position in
        tail[position] == 0x50 && tail[position + 1] == 0x4b && tail[position + 2] == 5 && tail[position + 3] == 6
          && position + endLength + (Int(tail[position + 20]) | Int(tail[position + 21]) << 8) == tail.count
      }
    }

    /// The record with sizes of 64 bits, if there is one.
    private static func wideRecord(
      _ file: InputFile, before end: Int
    ) throws(DataError) -> (fields: (count: Int, length: Int, start: Int), position: Int)? {
      guard end >= locatorLength else { return nil }
      var locator = ByteCursor(try file.read(whole: end - locatorLength..<end))
      guard locator.number(UInt32.self) == 0x0706_4b50, locator.take(4) != nil else { return nil }
      guard let position = locator.size(), position <= end - locatorLength - wideEndLength else { throw damaged(file) }
      var record = ByteCursor(try file.read(whole: position..<position + wideEndLength))
      guard record.number(UInt32.self) == 0x0606_4b50, record.take(28) != nil, let count = record.size(),
        let length = record.size(), let start = record.size()
      else { throw damaged(file) }
      return ((count, length, start), position)
    }

    /// The members in the order in which the directory lists them.
    func members(path: String) throws(DataError) -> [Member] {
      var cursor = ByteCursor(bytes)
      var members: [Member] = []
      for _ in 0..<count {
        guard let member = try member(&cursor, path: path) else {
          throw DataError(
            .malformed, path,
            "the zip archive's directory is damaged at its member \(members.count + 1); get the file again")
        }
        // Folders have names and nothing else.
        if member.size > 0 || !member.name.hasSuffix("/") { members.append(member) }
      }
      return members
    }

    /// The next member; `nil` if the bytes are none.
    private func member(_ cursor: inout ByteCursor, path: String) throws(DataError) -> Member? {
      guard cursor.number(UInt32.self) == 0x0201_4b50, cursor.take(4) != nil, let flags = cursor.number(UInt16.self),
        let method = cursor.number(UInt16.self), cursor.take(4) != nil, let checksum = cursor.number(UInt32.self),
        let storedSize = cursor.number(UInt32.self), let size = cursor.number(UInt32.self),
        let nameLength = cursor.number(UInt16.self), let extraLength = cursor.number(UInt16.self),
        let commentLength = cursor.number(UInt16.self), cursor.take(8) != nil, let offset = cursor.number(UInt32.self),
        let nameBytes = cursor.take(Int(nameLength)), let extra = cursor.take(Int(extraLength)),
        cursor.take(Int(commentLength)) != nil, let name = String(validating: nameBytes, as: UTF8.self),
        let wide = Self.sizes(size, storedSize, offset, extra: Array(extra))
      else { return nil }
      let label = "\(path): \(Excerpt.quoted(name))"
      guard flags & 1 == 0 else { throw DataError(.unsupported, label, "is encrypted; save it without a password") }
      guard method == 0 || method == 8 else {
        throw DataError(
          .unsupported, label, "is compressed by method \(method); only stored and deflated members are read")
      }
      let isDeflated = method == 8
      guard wide.offset <= range.lowerBound, wide.storedSize <= range.lowerBound - wide.offset,
        isDeflated ? wide.size / Gzip.greatestRatio <= wide.storedSize : wide.size == wide.storedSize
      else {
        throw DataError(
          .malformed, label, "cannot have \(wide.size) bytes in the \(wide.storedSize) that it takes; the archive lies")
      }
      return Member(
        name: name, size: wide.size, isDeflated: isDeflated, storedSize: wide.storedSize, checksum: checksum,
        offset: wide.offset)
    }

    /// Sizes and place of a member, from the field of 64-bit numbers where those of 32 bits are all ones.
    private static func sizes(
      _ size: UInt32, _ storedSize: UInt32, _ offset: UInt32, extra: [UInt8]
    ) -> (size: Int, storedSize: Int, offset: Int)? {
      var sizes = [Int(size), Int(storedSize), Int(offset)]
      let isWide = [size, storedSize, offset].map { $0 == .max }
      guard isWide.contains(true) else { return (sizes[0], sizes[1], sizes[2]) }
      var fields = ByteCursor(extra)
      while let kind = fields.number(UInt16.self), let length = fields.number(UInt16.self),
        let content = fields.take(Int(length))
      {
        guard kind == 1 else { continue }
        var numbers = ByteCursor(Array(content))
        for index in 0..<3 where isWide[index] {
          guard let number = numbers.size() else { return nil }
          sizes[index] = number
        }
        return (sizes[0], sizes[1], sizes[2])
      }
      return nil
    }
  }
}
