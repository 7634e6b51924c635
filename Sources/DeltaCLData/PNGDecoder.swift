import ImageDecoding

/// Decodes PNG through libpng.
enum PNGDecoder {
  /// - Parameter warn: is told what is odd about a file whose pixels are whole.
  /// - Throws: `DataError` when the data is damaged or the image too large.
  static func decode(_ bytes: [UInt8], name: String, warn: (String) -> Void) throws(DataError) -> Image {
    let chunks = PNGChunks(bytes)
    // libpng keeps the pointer between the calls, so all are made while it is valid.
    let outcome = chunks.essential.withUnsafeBufferPointer { source -> Result<Stored, DataError> in
      do throws(DataError) {
        return .success(try Stored(source, name: name))
      } catch {
        return .failure(error)
      }
    }
    var stored = try outcome.get()
    if chunks.isCutAfterPixels { warn("\(name): the PNG image is cut short after its pixels, which are whole") }

    let channels = stored.channels > 2 ? 3 : 1
    if stored.channels > channels, AlphaGround.lay(&stored.pixels, channels: channels) == .white {
      warn("\(name): what is visible is dark and its ground transparent, so it is laid on white")
    }
    return try Image(rows: stored.rows, columns: stored.columns, channels: channels, checkedPixels: stored.pixels)
      .oriented(chunks.orientation, name: name)
  }

  /// What the file stores: grey or RGB, and the opacity if there is one.
  private struct Stored {
    let rows: Int
    let columns: Int
    let channels: Int
    var pixels: [UInt8]

    init(_ source: UnsafeBufferPointer<UInt8>, name: String) throws(DataError) {
      var isRight = false
      guard let decoder = deltacl_png_create(source.baseAddress, source.count, &isRight) else {
        throw DataError(.readFailed, name, "cannot decode: libpng could not start; out of memory?")
      }
      defer { deltacl_png_destroy(decoder) }
      guard isRight else { throw Self.damage(decoder, name) }
      rows = Int(decoder.pointee.rows)
      columns = Int(decoder.pointee.columns)
      channels = Int(decoder.pointee.channels)
      try Image.checkSize(rows: rows, columns: columns, bytesPerPixel: channels, name: name)
      let total = rows * columns * channels
      pixels = [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
        isRight = deltacl_png_decode(decoder, buffer.baseAddress)
        count = isRight ? total : 0
      }
      guard isRight else { throw Self.damage(decoder, name) }
    }

    private static func damage(_ decoder: UnsafeMutablePointer<deltacl_png>, _ name: String) -> DataError {
      let reason = withUnsafeBytes(of: decoder.pointee.message) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      return DataError(.malformed, name, "the PNG image is damaged or cut short (\(reason)); get the file again")
    }
  }
}
