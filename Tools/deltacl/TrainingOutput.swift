/// Standard output while a network is trained: the training is worth more than its lines, so it goes on without them.
struct TrainingOutput {
  private var progress = ProgressLine()
  private var failure: (any Error)?

  /// Runs what prints, unless printing has failed before.
  mutating func attempt(_ print: (inout ProgressLine) throws -> Void) {
    guard failure == nil else { return }
    do {
      try print(&progress)
    } catch {
      failure = error
      Output.message("\(error): the training goes on, and its files are written")
    }
  }

  /// Throws what prevented printing.
  func end() throws {
    if let failure { throw failure }
  }
}
