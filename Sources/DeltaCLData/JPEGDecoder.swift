import CTurboJPEG

/// Decodes JPEG through TurboJPEG.
enum JPEGDecoder {
  /// - Throws: `DataError` when the data is damaged, of a kind that TurboJPEG does not convert, or the image too large.
  static func decode(_ bytes: [UInt8], name: String) throws(DataError) -> Image {
    guard let decoder = tjInitDecompress() else {
      throw DataError(.readFailed, name, "cannot decode: TurboJPEG could not start; out of memory?")
    }
    defer { tjDestroy(decoder) }

    var (columns, rows, subsampling, colorspace) = (0 as Int32, 0 as Int32, 0 as Int32, 0 as Int32)
    let length = UInt(bytes.count)
    guard tjDecompressHeader3(decoder, bytes, length, &columns, &rows, &subsampling, &colorspace) == 0 else {
      throw damage(decoder, name)
    }
    try Image.checkSize(rows: Int(rows), columns: Int(columns), name: name)
    guard colorspace != TJCS_CMYK.rawValue, colorspace != TJCS_YCCK.rawValue else {
      throw DataError(.unsupported, name, "is a JPEG image in CMYK; convert it to RGB")
    }
    let isGray = colorspace == TJCS_GRAY.rawValue
    let channels = isGray ? 1 : 3
    let format = Int32(isGray ? TJPF_GRAY.rawValue : TJPF_RGB.rawValue)

    var status: Int32 = -1
    let total = Int(rows) * Int(columns) * channels
    // A small progressive file may ask for any number of passes over the image.
    let flags = TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT
    let pixels = [UInt8](unsafeUninitializedCapacity: total) { buffer, count in
      // What a damaged file leaves unwritten must not be read by anyone.
      buffer.initialize(repeating: 0)
      status = tjDecompress2(decoder, bytes, length, buffer.baseAddress, columns, 0, rows, format, flags)
      count = total
    }
    // Warnings count too: after one, some of the pixels are not those of the photograph.
    guard status == 0 else { throw damage(decoder, name) }
    return Image(rows: Int(rows), columns: Int(columns), channels: channels, checkedPixels: pixels)
  }

  private static func damage(_ decoder: tjhandle, _ name: String) -> DataError {
    let reason = tjGetErrorStr2(decoder).map { String(cString: $0) } ?? "unknown"
    let code: DataError.Code = reason.contains("Premature end") ? .truncated : .malformed
    return DataError(code, name, "the JPEG image is damaged or cut short (\(reason)); get the file again")
  }
}
