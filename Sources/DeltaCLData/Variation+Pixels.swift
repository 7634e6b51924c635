import Glibc

extension Variation {
  /// Turns an image and changes its colours; the rest happens before and after.
  ///
  /// - Parameters:
  ///   - pixels: Rows x columns x channels.
  ///   - maximum: The greatest value of a pixel.
  func apply(to pixels: inout [UInt8], rows: Int, columns: Int, channels: Int, maximum: Int) {
    if let angle {
      pixels = Self.turned(pixels, by: angle, rows: rows, columns: columns, channels: channels)
    }
    if let colors { Self.recolor(&pixels, by: colors, channels: channels, maximum: Float(maximum)) }
  }

  /// Turns an image about its centre, interpolating between pixels; outside of it is black.
  private static func turned(
    _ pixels: [UInt8], by angle: Double, rows: Int, columns: Int, channels: Int
  ) -> [UInt8] {
    let (sine, cosine) = (sin(angle), cos(angle))
    let (centerRow, centerColumn) = (Double(rows - 1) / 2, Double(columns - 1) / 2)
    return [UInt8](unsafeUninitializedCapacity: pixels.count) { destination, count in
      pixels.withUnsafeBufferPointer { pixels in
        for row in 0..<rows {
          for column in 0..<columns {
            let (y, x) = (Double(row) - centerRow, Double(column) - centerColumn)
            let (sourceY, sourceX) = (cosine * y + sine * x + centerRow, cosine * x - sine * y + centerColumn)
            let (top, left) = (sourceY.rounded(.down), sourceX.rounded(.down))
            let (below, right) = (Float(sourceY - top), Float(sourceX - left))
            func pixel(_ down: Int, _ across: Int, _ channel: Int) -> Float {
              let (row, column) = (Int(top) + down, Int(left) + across)
              guard row >= 0, row < rows, column >= 0, column < columns else { return 0 }
              return Float(pixels[(row * columns + column) * channels + channel])
            }
            for channel in 0..<channels {
              let upper = pixel(0, 0, channel) * (1 - right) + pixel(0, 1, channel) * right
              let lower = pixel(1, 0, channel) * (1 - right) + pixel(1, 1, channel) * right
              let value = upper * (1 - below) + lower * below
              destination[(row * columns + column) * channels + channel] = UInt8(min(value + 0.5, 255))
            }
          }
        }
      }
      count = pixels.count
    }
  }

  /// Multiplies brightness, contrast (the distance from the image's mean luminance) and saturation (that from a pixel's own).
  private static func recolor(_ pixels: inout [UInt8], by factors: ColorFactors, channels: Int, maximum: Float) {
    func luminance(_ pixel: UnsafeMutableBufferPointer<UInt8>.SubSequence) -> Float {
      let first = pixel.startIndex
      guard channels == 3 else { return Float(pixel[first]) }
      return 0.299 * Float(pixel[first]) + 0.587 * Float(pixel[first + 1]) + 0.114 * Float(pixel[first + 2])
    }
    func round(_ value: Float) -> UInt8 { UInt8(min(max(value + 0.5, 0), maximum)) }
    pixels.withUnsafeMutableBufferPointer { pixels in
      for index in pixels.indices { pixels[index] = round(Float(pixels[index]) * factors.brightness) }
      var sum = 0.0
      for start in stride(from: 0, to: pixels.count, by: channels) {
        sum += Double(luminance(pixels[start..<start + channels]))
      }
      let mean = Float(sum / Double(max(pixels.count / channels, 1)))
      for index in pixels.indices { pixels[index] = round(mean + (Float(pixels[index]) - mean) * factors.contrast) }
      guard channels == 3 else { return }
      for start in stride(from: 0, to: pixels.count, by: channels) {
        let gray = luminance(pixels[start..<start + channels])
        for index in start..<start + channels {
          pixels[index] = round(gray + (Float(pixels[index]) - gray) * factors.saturation)
        }
      }
    }
  }
}
