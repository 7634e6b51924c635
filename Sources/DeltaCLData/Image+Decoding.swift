extension Image {
  /// The most bytes an image file may have.
  static let fileLimit = 1 << 30

  /// How the names of image files end, in small letters.
  static let fileExtensions = ["jpeg", "jpg", "pgm", "png", "pnm", "ppm", "webp"]

  /// Whether a file is named as images are.
  static func isNamedAsImage(_ name: String) -> Bool {
    guard let point = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
    return fileExtensions.contains(name[point...].dropFirst().lowercased())
  }

  /// Reads a PNG, JPEG, WebP, PGM or PPM file as grey or RGB of 8 bits; the kind is seen from the content.
  ///
  /// The values are those that the file stores: no gamma or colour profile is applied, as in Pillow, OpenCV and torchvision.
  /// 16-bit channels are reduced to 8, ink (CMYK) is converted to RGB, and the orientation of Exif is applied. Transparent
  /// pixels are laid on black or, if everything that is visible is dark, on white.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - warn: Is told, in one line with the path, what a person should know about a file that was read nevertheless, such as a
  ///     fault that its pixels survived.
  /// - Throws: `DataError` when the file cannot be read, is none of these, is damaged or exceeds `pixelLimit` or memory.
  public init(contentsOf path: String, warn: (String) -> Void = { _ in }) throws(DataError) {
    try self.init(bytes: FileSystem.read(path, limit: Self.fileLimit), name: path, warn: warn)
  }

  /// Decodes the content of a file.
  init(bytes: [UInt8], name: String, warn: (String) -> Void = { _ in }) throws(DataError) {
    if bytes.starts(with: PNGChunks.signature) {
      self = try PNGDecoder.decode(bytes, name: name, warn: warn)
    } else if bytes.starts(with: [0xff, 0xd8, 0xff]) {
      self = try JPEGDecoder.decode(bytes, name: name, warn: warn)
    } else if WebPChunks.begin(bytes) {
      self = try WebPDecoder.decode(bytes, name: name, warn: warn)
    } else if let image = try PNMDecoder.decode(bytes, name: name) {
      self = image
    } else {
      try GitLFS.refusePointer(bytes, name: name)
      throw DataError(
        .unsupported, name,
        bytes.isEmpty ? "is empty, not an image" : "is not an image that is read here; PNG, JPEG, WebP, PGM and PPM are"
      )
    }
  }
}
