import Foundation

/// One chart of a picture: a frame with a title, two axes and curves in it.
struct ChartPanel {
  struct Point {
    let x: Double
    let y: Double
  }

  /// How a series of points is drawn.
  enum Style {
    /// A thin, pale line: values before smoothing.
    case faint
    case line
    /// A line through marks, for a few points.
    case marked
  }

  struct Series {
    let name: String?
    let points: [Point]
    let color: String
    let style: Style
  }

  let title: String
  let xAxis: ChartAxis
  let yAxis: ChartAxis
  let series: [Series]
  /// The plot area in pixels.
  let left: Double
  let top: Double
  let width: Double
  let height: Double

  /// The panel as SVG elements.
  var svg: String {
    let bottom = top + height
    let right = left + width
    var elements = [text(title, left, top - 16, size: 14, weight: 600, color: "#1f2328")]
    for tick in yAxis.ticks {
      let y = y(tick.value)
      elements.append(line(left, y, right, y, color: "#e4e7eb"))
      elements.append(text(tick.label, left - 8, y + 4, anchor: "end"))
    }
    for tick in xAxis.ticks {
      let x = x(tick.value)
      elements.append(line(x, bottom, x, bottom + 5, color: "#8b949e"))
      elements.append(text(tick.label, x, bottom + 19, anchor: "middle"))
    }
    elements.append(line(left, bottom, right, bottom, color: "#8b949e"))
    elements.append(text("step", right, bottom + 36, anchor: "end"))
    elements += series.flatMap(curve)
    elements += legend
    return elements.joined(separator: "\n")
  }

  private func curve(_ series: Series) -> [String] {
    let points = thinned(series.points.filter { $0.x.isFinite && $0.y.isFinite })
    var elements: [String] = []
    if points.count > 1 {
      let path = points.map { "\(pixel(x($0.x))),\(pixel(y($0.y)))" }.joined(separator: " ")
      let (lineWidth, opacity) = series.style == .faint ? (1, 0.35) : (2, 1)
      elements.append(
        """
        <polyline points="\(path)" fill="none" stroke="\(series.color)" stroke-width="\(lineWidth)" \
        stroke-opacity="\(opacity)" stroke-linejoin="round"/>
        """)
    }
    if points.count == 1 || (series.style == .marked && points.count <= 60) {
      elements += points.map { mark(x($0.x), y($0.y), color: series.color) }
    }
    return elements
  }

  /// Names with a sample of each line, at the right end of the title's line.
  private var legend: [String] {
    var end = left + width
    var elements: [String] = []
    for series in series.reversed() {
      guard let name = series.name else { continue }
      elements.append(text(name, end, top - 16, anchor: "end"))
      end -= Double(name.count) * 6.4 + 10
      elements.append(line(end - 18, top - 20, end, top - 20, color: series.color, width: 2))
      if series.style == .marked { elements.append(mark(end - 9, top - 20, color: series.color)) }
      end -= 34
    }
    return elements
  }

  /// The lowest and the highest point of each pixel column, so that a long run does not make a large file.
  private func thinned(_ points: [Point]) -> [Point] {
    guard Double(points.count) > 2 * width else { return points }
    var kept: [Point] = []
    var column: [Point] = []
    func flush() {
      guard let low = column.min(by: { $0.y < $1.y }), let high = column.max(by: { $0.y < $1.y }) else { return }
      kept += low.x <= high.x ? [low, high] : [high, low]
      column.removeAll(keepingCapacity: true)
    }
    for point in points {
      if let first = column.first, x(point.x) - x(first.x) >= 1 { flush() }
      column.append(point)
    }
    flush()
    return kept
  }

  private func x(_ value: Double) -> Double { left + width * xAxis.position(of: value) }
  private func y(_ value: Double) -> Double { top + height * (1 - yAxis.position(of: value)) }
  private func pixel(_ value: Double) -> String { String(format: "%.1f", value) }

  private func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, color: String, width: Int = 1
  ) -> String {
    """
    <line x1="\(pixel(x1))" y1="\(pixel(y1))" x2="\(pixel(x2))" y2="\(pixel(y2))" stroke="\(color)" stroke-width="\(width)"/>
    """
  }

  private func mark(_ x: Double, _ y: Double, color: String) -> String {
    """
    <circle cx="\(pixel(x))" cy="\(pixel(y))" r="3.5" fill="\(color)" stroke="#ffffff"/>
    """
  }

  private func text(
    _ text: String, _ x: Double, _ y: Double, size: Int = 12, weight: Int = 400, color: String = "#59636e",
    anchor: String = "start"
  ) -> String {
    """
    <text x="\(pixel(x))" y="\(pixel(y))" font-size="\(size)" font-weight="\(weight)" fill="\(color)" \
    text-anchor="\(anchor)">\(text.escapedForXML)</text>
    """
  }
}

extension String {
  /// The text with the characters that XML reserves replaced, and those that it forbids left out.
  var escapedForXML: String {
    var escaped = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\u{FFFE}", "\u{FFFF}": break
      case _ where scalar.properties.generalCategory == .control: escaped += " "
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
