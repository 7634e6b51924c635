/// How often images of each class were taken for each class: a row for each true class, a column for each predicted one.
///
/// Only cells other than 0 are kept, so that memory grows with the images and not with the square of the number of classes.
public struct ConfusionMatrix: Hashable, Sendable {
  private struct Cell: Hashable, Sendable {
    let label: Int
    let predicted: Int
  }

  private var cells: [Cell: Int] = [:]
  /// The images of each class, by label: the sums of the rows.
  public private(set) var counts: [Int]
  /// The images that were taken for each class, by label: the sums of the columns.
  public private(set) var predictedCounts: [Int]

  /// The images of each class that were classified right, by label: the diagonal.
  public var correctCounts: [Int] { counts.indices.map { self[$0, $0] } }

  /// Creates a matrix of `classes` rows and columns without any image.
  init(classes: Int) {
    counts = Array(repeating: 0, count: classes)
    predictedCounts = counts
  }

  /// The images of the class `label` that were taken for the class `predicted`.
  public subscript(label: Int, predicted: Int) -> Int { cells[Cell(label: label, predicted: predicted)] ?? 0 }

  /// The images of a class by the class that they were taken for.
  public func row(_ label: Int) -> [Int] { counts.indices.map { self[label, $0] } }

  /// Counts an image.
  mutating func add(label: Int, predicted: Int) {
    cells[Cell(label: label, predicted: predicted), default: 0] += 1
    counts[label] += 1
    predictedCounts[predicted] += 1
  }
}
