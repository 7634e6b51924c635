import DeltaCL
import Foundation
import Synchronization

/// Turns SIGINT (Ctrl-C), SIGTERM and SIGHUP (a terminal that is closed) into a request to stop that work can follow when it suits.
///
/// Until ``catchFirst(_:)`` is called a signal ends the process at once, and so does a second one afterwards.
final class Interruption: Sendable {
  private struct State {
    var received: Int32?
    var action: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  /// The one of this process, which watches from the first use on.
  static let shared = Result { try Interruption() }

  /// Starts to watch. Call it before any other thread exists: threads and child processes inherit the mask that keeps the
  /// signals away from them, so that a Ctrl-C in the terminal does not end a driver's compiler.
  ///
  /// - Throws: `DeltaCLError` (`outOfThreads`) if no thread can be started; signals then end the process at once.
  private init() throws {
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    // nohup has SIGHUP ignored, but sigwait would get it.
    var hangup = sigaction()
    sigaction(SIGHUP, nil, &hangup)
    let isIgnored =
      unsafeBitCast(hangup.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    if !isIgnored { sigaddset(&signals, SIGHUP) }
    var previous = sigset_t()
    pthread_sigmask(SIG_BLOCK, &signals, &previous)
    do throws(DeltaCLError) {
      try CheckedThread(for: "the watch for signals") { [self, signals] in watch(signals) }.detach()
    } catch {
      pthread_sigmask(SIG_SETMASK, &previous, nil)
      throw error
    }
  }

  /// The status to exit with after an interruption, 130 for SIGINT, 143 for SIGTERM and 129 for SIGHUP as shells have it; `nil` without one.
  var exitStatus: Int32? {
    state.withLock { $0.received.map { 128 + $0 } }
  }

  /// Has the first signal run `action` on a thread of its own instead of ending the process.
  func catchFirst(_ action: @escaping @Sendable () -> Void) {
    state.withLock { $0.action = action }
  }

  private func watch(_ signals: sigset_t) {
    var signals = signals
    while true {
      var received: Int32 = 0
      guard sigwait(&signals, &received) == 0 else { continue }
      let action = state.withLock { state -> (@Sendable () -> Void)? in
        defer {
          state.received = received
          state.action = nil
        }
        return state.action
      }
      guard let action else { _exit(128 + received) }
      action()
    }
  }
}
