import ImageDecoding

/// Decodes JPEG through libjpeg.
enum JPEGDecoder {
  /// - Parameter warn: is told what libjpeg considers a warning, such as stray bytes between segments.
  /// - Throws: `DataError` when the data is damaged or ends early, is of a kind that libjpeg does not decode, or the image is
  ///   too large.
  static func decode(_ bytes: [UInt8], name: String, warn: (String) -> Void) throws(DataError) -> Image {
    // libjpeg keeps the pointer between the calls, so all are made while it is valid.
    let outcome = bytes.withUnsafeBufferPointer { source -> Result<Image, DataError> in
      do throws(DataError) {
        return .success(try decode(source, name: name, warn: warn))
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }

  private static func decode(
    _ source: UnsafeBufferPointer<UInt8>, name: String, warn: (String) -> Void
  ) throws(DataError) -> Image {
    var status = DELTACL_JPEG_OK
    guard let decoder = deltacl_jpeg_create(source.baseAddress, source.count, &status) else {
      throw DataError(.readFailed, name, "cannot decode: libjpeg could not start; out of memory?")
    }
    defer { deltacl_jpeg_destroy(decoder) }
    guard status == DELTACL_JPEG_OK else { throw failure(status, decoder, name) }

    let (rows, columns) = (Int(decoder.pointee.rows), Int(decoder.pointee.columns))
    let stored = Int(decoder.pointee.channels)
    try Image.checkSize(
      rows: rows, columns: columns, bytesPerPixel: stored * (decoder.pointee.is_buffered ? 3 : 1), name: name)
    let total = rows * columns * stored
    var pixels = [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
      // What a damaged file leaves unwritten must not be read by anyone.
      buffer.initialize(repeating: 0)
      status = deltacl_jpeg_decode(decoder, buffer.baseAddress)
      count = total
    }
    guard status == DELTACL_JPEG_OK else { throw failure(status, decoder, name) }
    if decoder.pointee.warning_count > 0 {
      warn("\(name): the JPEG image has faults that its pixels survived (\(message(decoder)))")
    }
    let orientation = decoder.pointee.exif.map {
      ExifOrientation(UnsafeBufferPointer(start: $0, count: decoder.pointee.exif_count))
    }
    let channels = stored == 1 ? 1 : 3
    if stored == 4 { convertInk(&pixels) }
    return try Image(rows: rows, columns: columns, channels: channels, checkedPixels: pixels)
      .oriented(orientation ?? .upright, name: name)
  }

  /// Makes red, green, blue of cyan, magenta, yellow, black, in place.
  ///
  /// JPEG files hold ink as Adobe's programs write it, inverted, whether or not they say so; every common reader assumes
  /// that. The arithmetic is that of Pillow.
  private static func convertInk(_ pixels: inout [UInt8]) {
    let count = pixels.count / 4
    pixels.withUnsafeMutableBufferPointer { pixels in
      for pixel in 0..<count {
        let light = Int(pixels[4 * pixel + 3])
        for channel in 0..<3 {
          let ink = 255 - Int(pixels[4 * pixel + channel])
          pixels[3 * pixel + channel] = UInt8(light - AlphaGround.divide(ink * light))
        }
      }
    }
    pixels.removeLast(count)
  }

  private static func failure(
    _ status: deltacl_jpeg_status, _ decoder: UnsafeMutablePointer<deltacl_jpeg>, _ name: String
  ) -> DataError {
    switch status {
    case DELTACL_JPEG_UNSUPPORTED:
      DataError(
        .unsupported, name, "is a JPEG image of a kind that is not read (\(message(decoder))); convert it to RGB")
    case DELTACL_JPEG_TRUNCATED:
      DataError(.truncated, name, "the JPEG image is cut short (\(message(decoder))); get the file again")
    default:
      DataError(.malformed, name, "the JPEG image is damaged (\(message(decoder))); get the file again")
    }
  }

  private static func message(_ decoder: UnsafeMutablePointer<deltacl_jpeg>) -> String {
    withUnsafeBytes(of: decoder.pointee.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
