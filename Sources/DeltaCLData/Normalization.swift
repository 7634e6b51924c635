/// The mean and standard deviation that pixels are normalised with: `(pixel - mean) / standardDeviation`, where a
/// pixel runs from 0 to 1.
public struct Normalization: Hashable, Sendable {
  /// The mean of the training pixels, from 0 to 1.
  public let mean: Float
  /// The standard deviation of the training pixels; never 0.
  public let standardDeviation: Float

  /// Leaves pixels from 0 to 1 as they are.
  public static let none = Normalization(mean: 0, standardDeviation: 1)

  /// Creates a normalisation; a deviation that is 0 or not finite becomes 1.
  public init(mean: Float, standardDeviation: Float) {
    self.mean = mean
    self.standardDeviation = standardDeviation.isFinite && standardDeviation > 0 ? standardDeviation : 1
  }

  /// Measures the pixels of `split`.
  public init(measuring split: Split) {
    var histogram = [Int](repeating: 0, count: 256)
    split.pixels.withUnsafeBufferPointer { pixels in
      histogram.withUnsafeMutableBufferPointer { histogram in
        for pixel in pixels { histogram[Int(pixel)] += 1 }
      }
    }
    let count = Double(max(split.pixels.count, 1))
    let scale = Double(split.pixelMaximum)
    let mean = histogram.indices.reduce(0) { $0 + Double(histogram[$1]) * Double($1) / scale } / count
    let variance =
      histogram.indices.reduce(0) {
        let distance = Double($1) / scale - mean
        return $0 + Double(histogram[$1]) * distance * distance
      } / count
    self.init(mean: Float(mean), standardDeviation: Float(variance.squareRoot()))
  }

  /// The normalised value of every byte, where `pixelMaximum` stands for 1.
  func table(pixelMaximum: Int) -> [Float] {
    (0...255).map { (Float($0) / Float(pixelMaximum) - mean) / standardDeviation }
  }
}
