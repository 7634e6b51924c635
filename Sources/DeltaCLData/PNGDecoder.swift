import CPNG

/// Decodes PNG through libpng's simplified interface.
enum PNGDecoder {
  /// - Throws: `DataError` when the data is damaged or the image too large.
  static func decode(_ bytes: [UInt8], name: String) throws(DataError) -> Image {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }

    // libpng keeps the pointer between the two calls, so both are made while it is valid.
    let outcome = bytes.withUnsafeBytes { source -> Result<Image, DataError> in
      guard png_image_begin_read_from_memory(&image, source.baseAddress, source.count) != 0 else {
        return .failure(damage(image, name))
      }
      let (rows, columns) = (Int(image.height), Int(image.width))
      do throws(DataError) {
        try Image.checkSize(rows: rows, columns: columns, name: name)
      } catch {
        return .failure(error)
      }
      image.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
      let isColor = image.format & UInt32(PNG_FORMAT_FLAG_COLOR) != 0
      image.format = isColor ? UInt32(PNG_FORMAT_FLAG_COLOR) : 0
      let channels = isColor ? 3 : 1

      var black = png_color()
      var succeeded = false
      let pixels = [UInt8](unsafeUninitializedCapacity: rows * columns * channels) { buffer, count in
        succeeded = png_image_finish_read(&image, &black, buffer.baseAddress, Int32(columns * channels), nil) != 0
        count = succeeded ? rows * columns * channels : 0
      }
      guard succeeded else { return .failure(damage(image, name)) }
      return .success(Image(rows: rows, columns: columns, channels: channels, checkedPixels: pixels))
    }
    return try outcome.get()
  }

  private static func damage(_ image: png_image, _ name: String) -> DataError {
    let reason = withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    return DataError(.malformed, name, "the PNG image is damaged or cut short (\(reason)); get the file again")
  }
}
