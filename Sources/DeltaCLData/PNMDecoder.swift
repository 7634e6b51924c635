import CTurboJPEG

/// Decodes PGM and PPM, text and binary, through TurboJPEG.
enum PNMDecoder {
  /// Decodes the file at `path`, whose first lines are `header`.
  ///
  /// - Throws: `DataError` when the data is damaged.
  static func decode(_ path: String, header: PNMHeader) throws(DataError) -> Image {
    var (columns, rows) = (0 as Int32, 0 as Int32)
    var format = Int32(header.channels == 1 ? TJPF_GRAY.rawValue : TJPF_RGB.rawValue)
    guard let pixels = tjLoadImage(path, &columns, 1, &rows, &format, 0) else {
      let reason = tjGetErrorStr2(nil).map { String(cString: $0) } ?? "unknown"
      throw DataError(
        .malformed, path, "the PGM or PPM image is damaged or cut short (\(reason)); get the file again")
    }
    defer { tjFree(pixels) }
    guard Int(rows) == header.rows, Int(columns) == header.columns else {
      throw DataError(.malformed, path, "the PGM or PPM image changed while it was read; try again")
    }
    let total = header.rows * header.columns * header.channels
    return Image(
      rows: header.rows, columns: header.columns, channels: header.channels,
      checkedPixels: Array(UnsafeBufferPointer(start: pixels, count: total)))
  }
}
