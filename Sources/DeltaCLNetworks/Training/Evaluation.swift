/// How well a network does on labelled images.
public struct Evaluation: Hashable, Sendable {
  /// The classes that ``top5Accuracy`` lets an image be taken for.
  static let topCount = 5

  /// How often images of each class were taken for each class.
  public let confusion: ConfusionMatrix
  /// The images whose class is among the five with the greatest logits; all of them if there are no more classes.
  public let top5Count: Int
  /// The mean cross-entropy over the images; NaN without any.
  public let loss: Float

  /// The images of each class, by label.
  public var counts: [Int] { confusion.counts }
  /// Those of them that were classified right, by label.
  public var correctCounts: [Int] { confusion.correctCounts }
  /// The number of images.
  public var count: Int { counts.reduce(0, +) }
  /// The share of images that were classified right; NaN without any.
  public var accuracy: Float { Float(correctCounts.reduce(0, +)) / Float(count) }
  /// The share of images whose class is among the `min(5, classes)` with the greatest logits, 1 with up to five classes; NaN without
  /// any.
  public var top5Accuracy: Float { Float(top5Count) / Float(count) }

  /// Precision, recall and F1 of each class, by label.
  public var classMetrics: [ClassMetrics] {
    counts.indices.map { label in
      ClassMetrics(
        support: counts[label], predicted: confusion.predictedCounts[label], correct: confusion[label, label])
    }
  }
}
