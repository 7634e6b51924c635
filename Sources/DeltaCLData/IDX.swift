/// An array of bytes in the IDX format of the MNIST files, plain or gzip.
///
/// A file is four bytes (0, 0, element type, rank), a big-endian 32-bit size for each dimension, and the elements in
/// row-major order. Only unsigned bytes of rank 1 (labels), 3 (images) and 4 (images with channels) are read.
public struct IDX: Hashable, Sendable {
  /// The sizes, outermost first.
  public let dimensions: [Int]
  /// The elements in row-major order.
  public let elements: [UInt8]

  /// The most bytes a file may hold or inflate to.
  static let sizeLimit = 1 << 32

  /// Reads the file at `path`; whether it is compressed is seen from its first bytes.
  ///
  /// - Throws: `DataError` when the file cannot be read, or is not exactly one IDX array.
  public init(contentsOf path: String) throws(DataError) {
    let file = try InputFile(path)
    guard file.byteCount <= Self.sizeLimit else {
      throw DataError(.tooLarge, path, "has \(file.byteCount) bytes, more than the \(Self.sizeLimit) that are read")
    }
    let beginning = try file.read(0..<min(file.byteCount, Header.lengthLimit))
    if Gzip.isCompressed(beginning) {
      try self.init(bytes: file.read(0..<file.byteCount), name: path)
      return
    }
    let header = try Header(beginning, name: path)
    guard file.byteCount == header.fileLength else { throw header.mismatch(count: file.byteCount, name: path) }
    try self.init(header: header, elements: file.read(header.length..<header.fileLength), name: path)
  }

  /// Reads the content of a file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file, plain or gzip.
  ///   - name: the name for errors.
  /// - Throws: `DataError` when `bytes` are not exactly one IDX array.
  public init(bytes: [UInt8], name: String = "IDX data") throws(DataError) {
    let header = try Header(ofFile: bytes, name: name)
    guard Gzip.isCompressed(bytes) else {
      try self.init(header: header, elements: Array(bytes.dropFirst(header.length)), name: name)
      return
    }
    // Memory is not taken for what cannot come out.
    guard header.fileLength / Gzip.greatestRatio <= bytes.count else {
      throw header.mismatch(count: nil, name: name)
    }
    try FileSystem.requireMemory(header.elementCount, for: name)
    try self.init(
      header: header,
      elements: Gzip.inflate(bytes, dropping: header.length, limit: header.elementCount, name: name), name: name)
  }

  private init(header: Header, elements: [UInt8], name: String) throws(DataError) {
    guard elements.count == header.elementCount else {
      throw header.mismatch(count: header.length + elements.count, name: name)
    }
    dimensions = header.dimensions
    self.elements = elements
  }

  /// The sizes that the file at `path` announces, without its elements.
  ///
  /// - Throws: `DataError` when the file cannot be read or does not begin as an IDX file.
  static func dimensions(contentsOf path: String) throws(DataError) -> [Int] {
    let file = try InputFile(path)
    return try Header(
      ofFile: file.read(0..<min(file.byteCount, 1 << 12)), name: path, isWhole: file.byteCount <= 1 << 12
    )
    .dimensions
  }
}

extension IDX {
  /// What comes before the elements.
  private struct Header {
    static let lengthLimit = 4 + 4 * 4

    let dimensions: [Int]
    let fileLength: Int
    var length: Int { 4 + 4 * dimensions.count }
    var elementCount: Int { fileLength - length }

    /// Reads the header of a file that may be compressed.
    ///
    /// - Parameter isWhole: Whether `bytes` are the whole file and not its beginning.
    init(ofFile bytes: [UInt8], name: String, isWhole: Bool = true) throws(DataError) {
      guard Gzip.isCompressed(bytes) else {
        try self.init(bytes, name: name)
        return
      }
      do throws(DataError) {
        try self.init(Gzip.inflatePrefix(bytes, count: Self.lengthLimit, name: name), name: name)
      } catch {
        throw isWhole || error.code != .truncated
          ? error : DataError(.malformed, name, "is gzip, but what begins it holds no IDX header")
      }
    }

    /// The error of a file with another number of bytes than its header asks for.
    ///
    /// - Parameter count: The bytes that there are; `nil` if compressed data are too short for them.
    func mismatch(count: Int?, name: String) -> DataError {
      let sizes = dimensions.map(String.init).joined(separator: " x ")
      return DataError(
        count ?? 0 < fileLength ? .truncated : .malformed, name,
        "has \(count.map { "\($0)" } ?? "far fewer") bytes where its header (\(sizes)) asks for \(fileLength); "
          + "get the file again")
    }

    init(_ bytes: [UInt8], name: String) throws(DataError) {
      try GitLFS.refusePointer(bytes, name: name)
      guard bytes.count >= 4 else {
        throw DataError(.truncated, name, "has \(bytes.count) bytes, fewer than an IDX header; get the file again")
      }
      guard bytes[0] == 0 && bytes[1] == 0 else {
        throw DataError(.malformed, name, "is not an IDX file: it does not begin with two zero bytes")
      }
      guard bytes[2] == 0x08 else {
        throw DataError(
          .unsupported, name, "has IDX element type \(bytes[2]); only unsigned bytes (type 8) are read")
      }
      let rank = Int(bytes[3])
      guard [1, 3, 4].contains(rank) else {
        throw DataError(.unsupported, name, "has IDX rank \(rank); only 1 (labels), 3 and 4 (images) are read")
      }
      guard bytes.count >= 4 + 4 * rank else {
        throw DataError(.truncated, name, "ends inside its IDX header, after \(bytes.count) bytes; get the file again")
      }

      var dimensions: [Int] = []
      var fileLength = 1
      var overflow = false
      for axis in 0..<rank {
        let size = bytes[4 + 4 * axis..<8 + 4 * axis].reduce(0) { $0 << 8 | Int($1) }
        dimensions.append(size)
        let product = fileLength.multipliedReportingOverflow(by: size)
        overflow = overflow || product.overflow
        fileLength = product.partialValue
      }
      guard !overflow, fileLength <= IDX.sizeLimit - Self.lengthLimit else {
        let sizes = dimensions.map(String.init).joined(separator: " x ")
        throw DataError(.tooLarge, name, "announces \(sizes) bytes; at most \(IDX.sizeLimit) are read")
      }
      self.dimensions = dimensions
      self.fileLength = fileLength + 4 + 4 * rank
    }
  }
}
