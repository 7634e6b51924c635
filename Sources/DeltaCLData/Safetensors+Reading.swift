import DeltaCLSystem

extension Safetensors {
  /// Reads the content of a file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: the name for errors.
  /// - Throws: `DataError` when `bytes` break a rule of the format.
  public init(bytes: [UInt8], name: String = "safetensors data") throws(DataError) {
    let dataStart = try Header.end(bytes.prefix(9), byteCount: bytes.count, name: name)
    let header = try Header(bytes[8..<dataStart], dataCount: bytes.count - dataStart, name: name)
    var tensors: [String: Tensor] = [:]
    for (key, entry) in header.entries {
      let range = dataStart + entry.range.lowerBound..<dataStart + entry.range.upperBound
      tensors[key] = try Tensor(dtype: entry.dtype, shape: entry.shape, bytes: Array(bytes[range]))
    }
    self.init(tensors: tensors, metadata: header.metadata)
  }
}

extension Safetensors {
  struct Entry {
    let dtype: DType
    let shape: [Int]
    let range: Range<Int>
  }

  struct Header {
    private(set) var entries: [String: Entry] = [:]
    private(set) var metadata: [String: String] = [:]

    /// Reads the JSON of a header and holds it to the size of the tensors' bytes.
    init(_ bytes: ArraySlice<UInt8>, dataCount: Int, name: String) throws(DataError) {
      do throws(JSONScanner.Failure) {
        try read(bytes)
      } catch {
        throw DataError(
          .malformed, name, "the safetensors header is wrong at byte \(8 + error.offset): \(error.reason)")
      }
      try checkRanges(dataCount: dataCount, name: name)
    }

    /// Where the header of a file of `byteCount` bytes ends, by its first nine bytes.
    static func end(_ beginning: ArraySlice<UInt8>, byteCount: Int, name: String) throws(DataError) -> Int {
      try GitLFS.refusePointer(beginning, name: name)
      guard byteCount >= 8, beginning.count >= 8 else {
        throw DataError(.truncated, name, "has \(byteCount) bytes, fewer than a safetensors file; get the file again")
      }
      let announced = beginning.prefix(8).reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      guard announced <= UInt64(headerLimit) else {
        throw DataError(
          .tooLarge, name,
          "announces a header of \(announced) bytes (limit \(headerLimit)); it is no safetensors file, or damaged")
      }
      guard announced <= UInt64(byteCount - 8) else {
        throw DataError(
          .truncated, name,
          "announces a header of \(announced) bytes and has \(byteCount - 8) after the length; get the file again")
      }
      guard announced > 0, beginning.dropFirst(8).first == UInt8(ascii: "{") else {
        throw DataError(.malformed, name, "is not a safetensors file: its header does not begin with '{'")
      }
      return 8 + Int(announced)
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>) throws(JSONScanner.Failure) {
      var scanner = JSONScanner(bytes)
      var hasMetadata = false
      var (entries, metadata) = (entries, metadata)
      try scanner.object { (key, scanner) throws(JSONScanner.Failure) in
        if key == "__metadata__" {
          guard !hasMetadata else { throw scanner.failure("'__metadata__' occurs twice") }
          hasMetadata = true
          metadata = try Self.metadata(&scanner)
        } else {
          guard entries[key] == nil else { throw scanner.failure("tensor \(Excerpt.quoted(key)) occurs twice") }
          entries[key] = try Self.entry(key, &scanner)
        }
      }
      try scanner.expectEnd()
      (self.entries, self.metadata) = (entries, metadata)
    }

    /// Requires that the tensors fill the data without hole or overlap, each as large as its type and shape.
    private func checkRanges(dataCount: Int, name: String) throws(DataError) {
      var end = 0
      let ordered = entries.sorted {
        ($0.value.range.lowerBound, $0.value.range.upperBound) < ($1.value.range.lowerBound, $1.value.range.upperBound)
      }
      for (key, entry) in ordered {
        guard entry.range.lowerBound == end else {
          throw DataError(
            .malformed, name,
            "tensor \(Excerpt.quoted(key)) begins at byte \(entry.range.lowerBound) where \(end) is due: a hole or an overlap"
          )
        }
        guard entry.dtype.byteCount(shape: entry.shape) == entry.range.count else {
          throw DataError(
            .malformed, name,
            "tensor \(Excerpt.quoted(key)) has \(entry.range.count) bytes, which is not \(entry.dtype.rawValue) "
              + "[\(Excerpt.list(entry.shape))]")
        }
        end = entry.range.upperBound
      }
      guard end == dataCount else {
        throw DataError(
          end > dataCount ? .truncated : .malformed, name,
          "has \(dataCount) bytes of tensors where its header asks for \(end); get the file again")
      }
    }

    /// Free text by key; some programs write null if there is none.
    private static func metadata(_ scanner: inout JSONScanner) throws(JSONScanner.Failure) -> [String: String] {
      if try scanner.takeNull() { return [:] }
      var metadata: [String: String] = [:]
      try scanner.object { (key, scanner) throws(JSONScanner.Failure) in
        guard metadata[key] == nil else { throw scanner.failure("metadata \(Excerpt.quoted(key)) occurs twice") }
        metadata[key] = try scanner.string()
      }
      return metadata
    }

    private static func entry(_ name: String, _ scanner: inout JSONScanner) throws(JSONScanner.Failure) -> Entry {
      var dtype: DType?
      var shape: [Int]?
      var offsets: [Int]?
      try scanner.object { (key, scanner) throws(JSONScanner.Failure) in
        switch key {
        case "dtype" where dtype == nil:
          let text = try scanner.string()
          dtype = DType(rawValue: text)
          if dtype == nil {
            throw scanner.failure("tensor \(Excerpt.quoted(name)) has the unknown type \(Excerpt.quoted(text))")
          }
        case "shape" where shape == nil:
          shape = try scanner.integers()
        case "data_offsets" where offsets == nil:
          offsets = try scanner.integers()
        case "dtype", "shape", "data_offsets":
          throw scanner.failure("tensor \(Excerpt.quoted(name)) has '\(key)' twice")
        default:
          try scanner.skipValue()
        }
      }
      guard let dtype, let shape, let offsets else {
        throw scanner.failure("tensor \(Excerpt.quoted(name)) lacks dtype, shape or data_offsets")
      }
      guard offsets.count == 2, offsets[0] <= offsets[1] else {
        throw scanner.failure("tensor \(Excerpt.quoted(name)) has data_offsets \(offsets.prefix(3)), no begin and end")
      }
      return Entry(dtype: dtype, shape: shape, range: offsets[0]..<offsets[1])
    }
  }
}
