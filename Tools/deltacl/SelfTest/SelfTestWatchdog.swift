import DeltaCL
import Foundation
import Synchronization

/// Ends a process whose driver does not come back from a kernel: nothing else can stop one.
final class SelfTestWatchdog: Sendable {
  private struct State {
    var results: [SelfTest.Result] = []
    var current: (variant: SelfTest.Variant, start: ContinuousClock.Instant)?
  }

  private let state = Mutex(State())
  private let limit: Double

  /// Starts to watch.
  ///
  /// - Parameters:
  ///   - limit: The seconds within which a run has to end.
  ///   - conclude: Is told the results when one has not, on another thread, before the process ends with the status 1.
  /// - Throws: `DeltaCLError` (`outOfThreads`).
  init(limit: Double, conclude: @escaping @Sendable ([SelfTest.Result]) -> Void) throws {
    self.limit = limit
    try CheckedThread(for: "the watch for kernels that do not end") { [self] in
      while true {
        usleep(50_000)
        guard let results = overdue() else { continue }
        conclude(results)
        _exit(1)
      }
    }.detach()
  }

  /// The results so far, all of them at the end.
  var results: [SelfTest.Result] { state.withLock { $0.results } }

  /// Runs a variant under watch.
  func run(_ variant: SelfTest.Variant, of test: SelfTest) {
    state.withLock { $0.current = (variant, .now) }
    let result = test.run(variant)
    let isInTime = state.withLock { state in
      guard state.current != nil else { return false }
      state.current = nil
      state.results.append(result)
      return true
    }
    // Else the other thread is about to end the process.
    while !isInTime { sleep(1) }
  }

  /// The results with that of a run that has taken too long; `nil` where there is none.
  private func overdue() -> [SelfTest.Result]? {
    state.withLock { state in
      guard let (variant, start) = state.current else { return nil }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      guard seconds > limit else { return nil }
      state.current = nil
      return state.results + [SelfTest.Result(variant: variant, outcome: .hung(seconds: limit), seconds: seconds)]
    }
  }
}
