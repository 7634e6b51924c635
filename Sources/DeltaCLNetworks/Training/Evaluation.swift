/// How well a network does on labelled images.
public struct Evaluation: Hashable, Sendable {
  /// The images of each class, by label.
  public let counts: [Int]
  /// Those of them that were classified right, by label.
  public let correctCounts: [Int]
  /// The mean cross-entropy over the images; NaN without any.
  public let loss: Float

  /// The number of images.
  public var count: Int { counts.reduce(0, +) }
  /// The share of images that were classified right; NaN without any.
  public var accuracy: Float { Float(correctCounts.reduce(0, +)) / Float(count) }

  /// The share of a class's images that were classified right; `nil` if there is no such image.
  public func accuracy(ofClass label: Int) -> Float? {
    counts[label] == 0 ? nil : Float(correctCounts[label]) / Float(counts[label])
  }
}
