/// Where the pixels along an axis lie in the image that is resized: pixel p at `(p * scale + offset) / divisor`. For the nearest pixel
/// that is rounded already, so that its floor is the pixel.
struct ResizeAxis: Hashable, Sendable {
  /// Pixels of x.
  let inputs: Int
  let scale: Int
  let offset: Int
  let divisor: Int

  init(inputs: Int, outputs: Int, _ mode: Resize.Mode, _ coordinates: Resize.Coordinates) {
    self.inputs = inputs
    let (scale, offset, divisor) =
      switch coordinates {
      case .halfPixel: (2 * inputs, inputs - outputs, 2 * outputs)
      case .alignCorners: (inputs - 1, 0, max(1, outputs - 1))
      case .asymmetric: (inputs, 0, outputs)
      }
    if mode == .nearest, coordinates != .asymmetric {
      // The ceiling of the place less a half.
      (self.scale, self.offset, self.divisor) = (2 * scale, 2 * offset + divisor - 1, 2 * divisor)
    } else {
      (self.scale, self.offset, self.divisor) = (scale, offset, divisor)
    }
  }

  /// The pixel of x before the place of pixel p, which may lie beyond the image, and the distance from it in pixels.
  func place(of p: Int) -> (first: Int, fraction: Double) {
    let at = p * scale + offset, remainder = at.modulo(divisor)
    return ((at - remainder) / divisor, Double(remainder) / Double(divisor))
  }
}
