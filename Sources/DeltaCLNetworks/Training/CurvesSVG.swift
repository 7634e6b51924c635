import Foundation

/// The loss and accuracy curves of a run side by side, as a picture that any browser shows: no scripts, no external files, and a
/// background of its own, so that it reads on light and on dark pages.
public struct CurvesSVG: Sendable {
  /// The SVG document.
  public let text: String

  /// Draws the curves of `history`, which may be empty, under `title`.
  public init(_ history: TrainingHistory, title: String) {
    let blue = "#0969da"
    let orange = "#e0600b"
    let smoothing = max(1, history.steps.count / 50)
    let count = max(history.steps.last?.step ?? 0, history.epochs.last?.step ?? 0)
    let steps = ChartAxis.steps(count)

    func series(
      _ step: (TrainingHistory.Step) -> Float, _ epoch: (TrainingHistory.Epoch) -> Float
    ) -> (raw: ChartPanel.Series, smooth: ChartPanel.Series, test: ChartPanel.Series) {
      let raw = history.steps.map { ChartPanel.Point(x: Double($0.step), y: Double(step($0))) }
      let test = history.epochs.map { ChartPanel.Point(x: Double($0.step), y: Double(epoch($0))) }
      return (
        ChartPanel.Series(name: nil, points: raw, color: blue, style: .faint),
        ChartPanel.Series(name: "training", points: Self.smooth(raw, window: smoothing), color: blue, style: .line),
        ChartPanel.Series(name: history.evaluationName, points: test, color: orange, style: .marked)
      )
    }

    let loss = series({ $0.loss }, { $0.testLoss })
    let losses = [loss.raw, loss.test].flatMap(\.points).map(\.y).filter(\.isFinite)
    let smoothLosses = [loss.smooth, loss.test].flatMap(\.points).map(\.y).filter { $0.isFinite && $0 > 0 }
    // A loss that falls to a twentieth of its start would lie on the axis of a linear chart.
    let isLogarithmic = (smoothLosses.max() ?? 1) > 20 * (smoothLosses.min() ?? 1)
    let lossAxis =
      isLogarithmic ? ChartAxis.logarithmic(losses) : ChartAxis.linear(losses, from: 0)

    let accuracy = series({ $0.accuracy * 100 }, { $0.testAccuracy * 100 })
    let smoothAccuracies = [accuracy.smooth, accuracy.test].flatMap(\.points).map(\.y).filter(\.isFinite)
    let accuracyAxis = ChartAxis.linear(smoothAccuracies, from: min(smoothAccuracies.min() ?? 0, 90), to: 100)

    let panels = [
      ChartPanel(
        title: isLogarithmic ? "Loss (logarithmic)" : "Loss", xAxis: steps, yAxis: lossAxis,
        series: [loss.raw, loss.smooth, loss.test], left: 72, top: 96, width: 400, height: 260),
      ChartPanel(
        title: "Accuracy (%)", xAxis: steps, yAxis: accuracyAxis,
        series: [accuracy.raw, accuracy.smooth, accuracy.test], left: 556, top: 96, width: 400, height: 260),
    ]
    let summary = history.epochs.last { $0.testLoss.isFinite }.map {
      String(
        format: "\(history.evaluationName) accuracy %.4f, \(history.evaluationName) loss %.4f after %ld steps",
        $0.testAccuracy,
        $0.testLoss, $0.step)
    }
    text = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 420" width="1000" height="420" \
      font-family="system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif" role="img">
      <title>\(title.escapedForXML)</title>
      <rect x="0.5" y="0.5" width="999" height="419" rx="8" fill="#ffffff" stroke="#d1d9e0"/>
      <text x="24" y="40" font-size="18" font-weight="600" fill="#1f2328">\(title.escapedForXML)</text>
      <text x="976" y="40" font-size="13" fill="#59636e" text-anchor="end">\((summary ?? "").escapedForXML)</text>
      \(panels.map(\.svg).joined(separator: "\n"))
      </svg>

      """
  }

  /// The mean over the last `window` points at each point; over as many as there are at the start.
  private static func smooth(_ points: [ChartPanel.Point], window: Int) -> [ChartPanel.Point] {
    var sum = 0.0
    return points.indices.map { index in
      sum += points[index].y
      if index >= window { sum -= points[index - window].y }
      return ChartPanel.Point(x: points[index].x, y: sum / Double(min(index + 1, window)))
    }
  }
}
