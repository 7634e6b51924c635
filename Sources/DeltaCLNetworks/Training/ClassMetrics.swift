/// How well a network tells one class from the others.
///
/// All figures but ``support`` are `nil` for a class without images.
public struct ClassMetrics: Hashable, Sendable {
  /// The images of the class.
  public let support: Int
  /// The share of the images taken for the class that are of it, from 0 to 1; `nil` also if there are none.
  public let precision: Float?
  /// The share of the class's images that were classified right, from 0 to 1.
  public let recall: Float?
  /// The harmonic mean of precision and recall, from 0 to 1; 0 if no image of the class was classified right.
  public let f1: Float?

  /// - Parameters:
  ///   - support: The images of the class.
  ///   - predicted: Those that were taken for the class.
  ///   - correct: Those that are both.
  init(support: Int, predicted: Int, correct: Int) {
    self.support = support
    let isKnown = support > 0
    precision = isKnown && predicted > 0 ? Float(correct) / Float(predicted) : nil
    recall = isKnown ? Float(correct) / Float(support) : nil
    f1 = isKnown ? Float(2 * correct) / Float(support + predicted) : nil
  }
}
