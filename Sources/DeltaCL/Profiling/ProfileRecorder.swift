import OpenCL
import Synchronization

/// Keeps the events of a profiling queue until they have times.
final class ProfileRecorder: Sendable {
  private struct State {
    var pending: [(work: Work, commands: [(name: String, event: Event)])] = []
    var profile: Profile
  }

  private let queue: String
  private let state: Mutex<State>

  init(queue: String) {
    self.queue = queue
    state = Mutex(State(profile: Profile(queue: queue)))
  }

  /// Takes the events of one run, whose commands follow those of all runs before.
  func append(_ work: Work, _ commands: [(name: String, event: Event)]) {
    if !commands.isEmpty { state.withLock { $0.pending.append((work, commands)) } }
  }

  /// Turns the events of the runs that have finished into times.
  func collect() {
    state.withLock { state in
      var finished = 0
      for (work, commands) in state.pending {
        let isUnderWay = commands.contains { _, event in
          switch try? event.status() {
          case .complete, .failed: false
          default: true
          }
        }
        // The queue is in order: what follows has not finished either.
        if isUnderWay { break }
        // A command that failed has no times, and its run no place in the profile.
        let times = commands.compactMap { name, event in
          (try? event.profile()).map { Profile.Command(name: name, start: $0.started, end: $0.ended) }
        }
        if times.count == commands.count { state.profile.append(Profile.Entry(work, times)) }
        finished += 1
      }
      state.pending.removeFirst(finished)
    }
  }

  /// All that has finished since the last call.
  func take() -> Profile {
    collect()
    return state.withLock { state in
      defer { state.profile = Profile(queue: queue) }
      return state.profile
    }
  }
}
