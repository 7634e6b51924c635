extension Image {
  /// The most bytes an image file may have.
  static let fileLimit = 1 << 30

  /// Reads a PNG, JPEG, PGM or PPM file as grey or RGB of 8 bits; the kind is seen from the content.
  ///
  /// Transparent pixels are laid on black, 16-bit channels reduced to 8.
  ///
  /// - Throws: `DataError` when the file cannot be read, is none of these, is damaged or exceeds `pixelLimit`.
  public init(contentsOf path: String) throws(DataError) {
    try self.init(bytes: FileSystem.read(path, limit: Self.fileLimit), path: path)
  }

  /// Decodes the content of the file at `path`, which is opened again for PGM and PPM: TurboJPEG reads them from
  /// files alone.
  init(bytes: [UInt8], path: String) throws(DataError) {
    if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) {
      self = try PNGDecoder.decode(bytes, name: path)
    } else if bytes.starts(with: [0xff, 0xd8, 0xff]) {
      self = try JPEGDecoder.decode(bytes, name: path)
    } else if let header = try PNMHeader(bytes, name: path) {
      self = try PNMDecoder.decode(path, header: header)
    } else {
      throw DataError(
        .unsupported, path,
        bytes.isEmpty ? "is empty, not an image" : "is not an image that is read here; PNG, JPEG, PGM and PPM are")
    }
  }
}
