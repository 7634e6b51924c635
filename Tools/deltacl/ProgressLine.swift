import Foundation

/// Shows how work goes on: one line that is rewritten on a terminal, a plain line every few seconds elsewhere.
struct ProgressLine {
  private let interval: Duration
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant
  private var isShown = false

  init() {
    interval = Output.isTerminal ? .milliseconds(100) : .seconds(5)
    last = clock.now
  }

  /// Shows `text` unless something was shown a moment ago.
  mutating func show(_ text: @autoclosure () -> String) throws {
    guard clock.now - last >= interval else { return }
    last = clock.now
    if Output.isTerminal {
      let width = Self.terminalWidth
      try Output.write("\r\u{1B}[K" + text().prefix(max(width - 1, 1)))
      isShown = true
    } else {
      try Output.line(text())
    }
  }

  /// Writes a line that stays.
  mutating func finish(_ text: String) throws {
    try clear()
    try Output.line(text)
    last = clock.now
  }

  /// Takes away a line that is being rewritten.
  mutating func clear() throws {
    if isShown { try Output.write("\r\u{1B}[K") }
    isShown = false
  }

  private static var terminalWidth: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
