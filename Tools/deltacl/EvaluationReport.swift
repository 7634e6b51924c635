import DeltaCLNetworks

/// What `evaluate --json` prints.
struct EvaluationReport: Encodable {
  /// A class; figures that are not defined are left out.
  struct ClassReport: Encodable {
    let name: String
    let precision: Float?
    let recall: Float?
    let f1: Float?
    let support: Int
  }

  /// The most classes whose confusion matrix is printed, a million cells.
  static let confusionLimit = 1000

  let dataset: String
  let count: Int
  let accuracy: Float
  let top5: Float
  let loss: Float
  /// A row for each true class; left out with more classes than ``confusionLimit``.
  let confusion: [[Int]]?
  let perClass: [ClassReport]

  private enum CodingKeys: String, CodingKey {
    case dataset, count, accuracy, top5, loss, confusion
    case perClass = "per_class"
  }

  init(_ evaluation: Evaluation, dataset: String, classNames: [String]) {
    self.dataset = dataset
    count = evaluation.count
    accuracy = evaluation.accuracy
    top5 = evaluation.top5Accuracy
    loss = evaluation.loss
    confusion = classNames.count > Self.confusionLimit ? nil : classNames.indices.map(evaluation.confusion.row)
    perClass = zip(classNames, evaluation.classMetrics).map { name, metrics in
      ClassReport(
        name: name, precision: metrics.precision, recall: metrics.recall, f1: metrics.f1, support: metrics.support)
    }
  }
}
