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
    try self.init(bytes: FileSystem.read(path, limit: Self.sizeLimit), name: path)
  }

  /// Reads the content of a file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file, plain or gzip.
  ///   - name: the name for errors.
  /// - Throws: `DataError` when `bytes` are not exactly one IDX array.
  public init(bytes: [UInt8], name: String = "IDX data") throws(DataError) {
    if Gzip.isCompressed(bytes) {
      let prefix = try Gzip.inflatePrefix(bytes, count: Header.lengthLimit, name: name)
      let header = try Header(prefix, name: name)
      try self.init(header: header, plain: Gzip.inflate(bytes, limit: header.fileLength, name: name), name: name)
    } else {
      try self.init(header: Header(bytes, name: name), plain: bytes, name: name)
    }
  }

  private init(header: Header, plain: [UInt8], name: String) throws(DataError) {
    guard plain.count == header.fileLength else {
      let sizes = header.dimensions.map(String.init).joined(separator: " x ")
      throw DataError(
        plain.count < header.fileLength ? .truncated : .malformed, name,
        "has \(plain.count) bytes where its header (\(sizes)) asks for \(header.fileLength); get the file again")
    }
    dimensions = header.dimensions
    elements = Array(plain[header.length...])
  }
}

extension IDX {
  /// What comes before the elements.
  private struct Header {
    static let lengthLimit = 4 + 4 * 4

    let dimensions: [Int]
    let fileLength: Int
    var length: Int { 4 + 4 * dimensions.count }

    init(_ bytes: [UInt8], name: String) throws(DataError) {
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
