import DeltaCLNetworks
import Foundation

/// What training and evaluation say on standard output.
enum TrainingText {
  /// Where a run stands, in one line.
  static func line(for progress: TrainingProgress, epochs: Int) -> String {
    // 80 columns hold the line of a usual run.
    String(
      format: "epoch %ld/%ld batch %ld/%ld  loss %.4f accuracy %.4f  %.0f images/s  ", progress.step.epoch, epochs,
      progress.batch, progress.batchesPerEpoch, progress.loss, progress.accuracy, progress.imagesPerSecond)
      + "\(duration(progress.secondsLeft)) left"
  }

  /// How an epoch went, in one line.
  ///
  /// - Parameter evaluated: What was evaluated, `test` or `validation`.
  static func line(for epoch: TrainingHistory.Epoch, epochs: Int, evaluated: String) -> String {
    String(
      format: "epoch %ld/%ld  loss %.4f  accuracy %.4f  \(evaluated) loss %.4f  \(evaluated) accuracy %.4f  %.1f s",
      epoch.epoch, epochs,
      epoch.loss, epoch.accuracy, epoch.testLoss, epoch.testAccuracy, epoch.seconds)
  }

  /// The classes that a table shows all of.
  static let classLimit = 20
  /// The classes that it shows of more.
  static let worstCount = 10

  /// Prints the figures over all test images and for each class, or for the worst of many.
  static func printEvaluation(_ evaluation: Evaluation, classNames: [String]) throws {
    try Output.line(String(format: "test accuracy %.4f", evaluation.accuracy))
    if classNames.count > 5 { try Output.line(String(format: "test top-5 accuracy %.4f", evaluation.top5Accuracy)) }
    try Output.line(String(format: "test loss %.4f", evaluation.loss))
    var rows = zip(classNames.map(\.escapedForTerminal), evaluation.classMetrics).map { $0 }
    let isShort = rows.count > classLimit
    if isShort { rows = worst(rows) }
    let table = Columns(
      columns: [
        .text("class", max(5, rows.map(\.0.count).max() ?? 0)), .number("precision"), .number("recall", 6),
        .number("F1", 6),
        .number("images", 6),
      ])
    try Output.line("  " + table.header)
    for (name, metrics) in rows {
      let shares = [metrics.precision, metrics.recall, metrics.f1].map {
        $0.map { Double($0).text(decimals: 4) } ?? "-"
      }
      try Output.line("  " + table.line([name] + shares + ["\(metrics.support)"]))
    }
    if isShort { try Output.line("  the lowest F1 of \(classNames.count) classes; evaluate --json has all") }
  }

  /// The classes with the lowest F1, those with lower labels first of equals; none without images.
  private static func worst(_ rows: [(name: String, metrics: ClassMetrics)]) -> [(name: String, metrics: ClassMetrics)]
  {
    let scored = rows.enumerated().compactMap { label, row in row.metrics.f1.map { (f1: $0, label: label, row: row) } }
    return scored.sorted { ($0.f1, $0.label) < ($1.f1, $1.label) }.prefix(worstCount).map(\.row)
  }

  private static func duration(_ seconds: Double) -> String {
    let seconds = Int(min(seconds.rounded(.up), 1e9))
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return String(format: "%ld:%02ld", seconds / 60, seconds % 60) }
    return String(format: "%ld:%02ld:%02ld", seconds / 3600, seconds / 60 % 60, seconds % 60)
  }
}
