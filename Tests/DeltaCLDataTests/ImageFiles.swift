import CPNG
import CTurboJPEG
import CZlib
import Testing

/// Image files made in memory by the libraries that the project reads them with.
enum ImageFiles {
  /// A PNG of 8-bit channels; `format` is 0 for grey or adds up libpng's `PNG_FORMAT_FLAG_`.
  static func png(rows: Int, columns: Int, format: UInt32, _ pixels: [UInt8]) -> [UInt8] {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    image.width = UInt32(columns)
    image.height = UInt32(rows)
    image.format = format
    var size = 100_000 as UInt
    var file = [UInt8](repeating: 0, count: Int(size))
    #expect(png_image_write_to_memory(&image, &file, &size, 0, pixels, 0, nil) != 0)
    return Array(file[..<Int(size)])
  }

  /// The beginning of a PNG, up to its pixels, that announces a grey image of any size.
  static func pngHeader(rows: UInt32, columns: UInt32) -> [UInt8] {
    let sizes = [columns, rows].flatMap { size in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: size >> $0) } }
    let chunk = Array("IHDR".utf8) + sizes + [8, 0, 0, 0, 0]
    let checksum = UInt32(crc32(0, chunk, UInt32(chunk.count)))
    return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13] + chunk
      + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: checksum >> $0) } + [0, 0, 0, 0] + Array("IDAT".utf8)
  }

  /// A JPEG of the best quality from pixels of 1, 3 or, for CMYK, 4 channels.
  static func jpeg(rows: Int, columns: Int, channels: Int, _ pixels: [UInt8]) -> [UInt8] {
    let encoder = tjInitCompress()
    defer { tjDestroy(encoder) }
    let format = [1: TJPF_GRAY, 3: TJPF_RGB, 4: TJPF_CMYK][channels, default: TJPF_GRAY]
    let subsampling = channels == 1 ? TJSAMP_GRAY : TJSAMP_444
    var file: UnsafeMutablePointer<UInt8>?
    var size = 0 as UInt
    let status = tjCompress2(
      encoder, pixels, Int32(columns), 0, Int32(rows), Int32(format.rawValue), &file, &size,
      Int32(subsampling.rawValue), 100, 0)
    #expect(status == 0)
    defer { tjFree(file) }
    return Array(UnsafeBufferPointer(start: file, count: Int(size)))
  }
}
