import CPNG
import CZlib
import Foundation
import Testing

/// Image files: those in `Images`, which `Tools/make-image-cases.py` writes, and some made in memory.
enum ImageCases {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Images")

  /// The names of the files in `Images` that another says what to read of.
  static let names =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { !$0.contains(".expected.") }
    .sorted()

  /// The content of a file in `Images`.
  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  /// The PGM or PPM file that says what is to be read of `name`.
  static func expectedBytes(_ name: String) throws -> [UInt8] {
    let stem = name.prefix { $0 != "." }
    let kind =
      FileManager.default.fileExists(atPath: folder.appendingPathComponent("\(stem).expected.pgm").path)
      ? "pgm" : "ppm"
    return try bytes("\(stem).expected.\(kind)")
  }

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
    return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + chunk("IHDR", sizes + [8, 0, 0, 0, 0])
      + [0, 0, 0, 0] + Array("IDAT".utf8)
  }

  /// A chunk of a PNG.
  static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + content
    let checksum = UInt32(crc32(0, body, UInt32(body.count)))
    let length = UInt32(content.count)
    return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + body
      + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: checksum >> $0) }
  }
}
