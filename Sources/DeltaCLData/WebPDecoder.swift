import CWebP

/// Decodes WebP through libwebp.
enum WebPDecoder {
  /// - Parameter warn: is told what is odd about a file whose pixels are whole.
  /// - Throws: `DataError` when the data is damaged or ends early, is animated, or the image is too large.
  static func decode(_ bytes: [UInt8], name: String, warn: (String) -> Void) throws(DataError) -> Image {
    let chunks = try WebPChunks(bytes, name: name)
    var features = WebPBitstreamFeatures()
    guard WebPGetFeatures(bytes, bytes.count, &features) == VP8_STATUS_OK else { throw damage(name) }
    guard features.has_animation == 0 else {
      throw DataError(.unsupported, name, "is an animated WebP image; save one of its frames")
    }
    let (rows, columns) = (Int(features.height), Int(features.width))
    let channels = features.has_alpha == 0 ? 3 : 4
    // libwebp keeps a frame of about the same size while it decodes.
    try Image.checkSize(rows: rows, columns: columns, bytesPerPixel: 2 * channels, name: name)
    let total = rows * columns * channels
    var isWhole = false
    var pixels = [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
      let decode = channels == 3 ? WebPDecodeRGBInto : WebPDecodeRGBAInto
      isWhole = decode(bytes, bytes.count, buffer.baseAddress, total, Int32(columns * channels)) != nil
      count = isWhole ? total : 0
    }
    guard isWhole else { throw damage(name) }
    if channels == 4, AlphaGround.lay(&pixels, channels: 3) == .white {
      warn("\(name): what is visible is dark and its ground transparent, so it is laid on white")
    }
    return try Image(rows: rows, columns: columns, channels: 3, checkedPixels: pixels)
      .oriented(chunks.orientation, name: name)
  }

  private static func damage(_ name: String) -> DataError {
    DataError(.malformed, name, "the WebP image is damaged; get the file again")
  }
}
