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

  /// Prints the accuracy over all test images and for each class.
  static func printAccuracies(_ evaluation: Evaluation, classNames: [String]) throws {
    try Output.line(String(format: "test accuracy %.4f", evaluation.accuracy))
    let names = classNames.map(\.escapedForTerminal)
    let width = names.map(\.count).max() ?? 0
    for (label, name) in names.enumerated() {
      let accuracy = evaluation.accuracy(ofClass: label).map { String(format: "%.4f", $0) } ?? "-     "
      try Output.line(
        "  " + name + String(repeating: " ", count: width - name.count)
          + "  \(accuracy)  \(evaluation.correctCounts[label]) of \(evaluation.counts[label])")
    }
  }

  private static func duration(_ seconds: Double) -> String {
    let seconds = Int(min(seconds.rounded(.up), 1e9))
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return String(format: "%ld:%02ld", seconds / 60, seconds % 60) }
    return String(format: "%ld:%02ld:%02ld", seconds / 3600, seconds / 60 % 60, seconds % 60)
  }
}
