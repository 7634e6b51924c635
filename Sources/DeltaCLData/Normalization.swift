/// The means and standard deviations that pixels are normalised with: `(pixel - mean) / standardDeviation`, where a pixel runs
/// from 0 to 1.
public struct Normalization: Hashable, Sendable {
  /// The mean of the training pixels by channel, from 0 to 1; a single one is that of all channels.
  public let means: [Float]
  /// The standard deviation of the training pixels, as many as ``means``; never 0.
  public let standardDeviations: [Float]

  /// Leaves pixels from 0 to 1 as they are.
  public static let none = Normalization(mean: 0, standardDeviation: 1)

  /// Creates a normalisation that is the same for all channels; a deviation that is 0 or not finite becomes 1.
  public init(mean: Float, standardDeviation: Float) {
    self.init(pairs: [(mean, standardDeviation)])
  }

  /// Creates a normalisation by channel; a deviation that is 0 or not finite becomes 1.
  ///
  /// - Throws: `DataError` (`mismatch`) when there are no means, or not as many deviations.
  public init(means: [Float], standardDeviations: [Float]) throws(DataError) {
    guard !means.isEmpty, means.count == standardDeviations.count else {
      throw DataError(
        .mismatch, "normalization",
        "has \(means.count) means and \(standardDeviations.count) standard deviations; give one of each a channel")
    }
    self.init(pairs: zip(means, standardDeviations).map { ($0, $1) })
  }

  private init(pairs: [(mean: Float, standardDeviation: Float)]) {
    means = pairs.map(\.mean)
    standardDeviations = pairs.map {
      $0.standardDeviation.isFinite && $0.standardDeviation > 0 ? $0.standardDeviation : 1
    }
  }

  /// The normalised value of every byte for each channel one after the other, where `pixelMaximum` stands for 1.
  func tables(channels: Int, pixelMaximum: Int) -> [Float] {
    (0..<channels).flatMap { channel in
      let index = means.count == 1 ? 0 : channel
      let (mean, deviation) = (means[index], standardDeviations[index])
      return (0...255).map { (Float($0) / Float(pixelMaximum) - mean) / deviation }
    }
  }
}
