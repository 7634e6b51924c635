/// The ground that transparent pixels are laid on.
enum AlphaGround: UInt8 {
  case black = 0
  case white = 255

  /// An image nowhere brighter than this cannot be told from a black ground.
  private static let darkest = 63

  /// Lays pixels with an opacity as their last channel on a ground, and takes the opacity away.
  ///
  /// The ground is black, as that of MNIST and its kind. If everything visible is dark, such as black strokes,
  /// it is white, lest the strokes be lost. Values are mixed as they are stored, without a gamma, and rounded as by
  /// Pillow's `paste`.
  ///
  /// - Parameters:
  ///   - pixels: Pixels of `channels` + 1 values each; of `channels` afterwards.
  ///   - channels: The channels that stay.
  /// - Returns: The ground.
  static func lay(_ pixels: inout [UInt8], channels: Int) -> AlphaGround {
    let count = pixels.count / (channels + 1)
    let ground = pixels.withUnsafeMutableBufferPointer { pixels in
      let ground = choose(UnsafeBufferPointer(pixels), channels: channels)
      for pixel in 0..<count {
        let source = pixel * (channels + 1)
        let opacity = Int(pixels[source + channels])
        for channel in 0..<channels {
          let value = Int(pixels[source + channel]) * opacity + Int(ground.rawValue) * (255 - opacity)
          pixels[pixel * channels + channel] = UInt8(divide(value))
        }
      }
      return ground
    }
    pixels.removeLast(count)
    return ground
  }

  /// A product of two bytes divided by 255, rounded to nearest.
  static func divide(_ product: Int) -> Int {
    let biased = product + 128
    return (biased + biased >> 8) >> 8
  }

  private static func choose(_ pixels: UnsafeBufferPointer<UInt8>, channels: Int) -> AlphaGround {
    var (isTransparent, isVisible) = (false, false)
    for start in stride(from: 0, to: pixels.count, by: channels + 1) {
      let opacity = Int(pixels[start + channels])
      if opacity < 255 { isTransparent = true }
      if opacity > 0 { isVisible = true }
      for channel in 0..<channels where divide(Int(pixels[start + channel]) * opacity) > darkest { return .black }
    }
    return isTransparent && isVisible ? .white : .black
  }
}
