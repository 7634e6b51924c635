import Foundation
import Synchronization

/// Threads whose start is checked: Foundation's `Thread` and Dispatch say nothing if the system starts none, and what
/// waits for them waits for ever.
package struct CheckedThread {
  private let identity: pthread_t

  /// What the thread runs, passed to it as a pointer.
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Starts a thread. Either ``join()`` or ``detach()`` has to follow.
  ///
  /// - Parameters:
  ///   - purpose: What it is for, for the error.
  ///   - run: What it runs.
  /// - Throws: ``DeltaCLError`` (`outOfThreads`) if the system starts none.
  package init(for purpose: String, _ run: @escaping @Sendable () -> Void) throws(DeltaCLError) {
    var identity = pthread_t()
    let body = Unmanaged.passRetained(Body(run))
    let status = pthread_create(
      &identity, nil,
      { argument in
        if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, body.toOpaque())
    guard status == 0 else {
      body.release()
      throw DeltaCLError(
        .outOfThreads,
        "no thread can be started for \(purpose): \(String(cString: strerror(status))); raise the limits on processes and "
          + "memory (ulimit -u, ulimit -v), or end other programs")
    }
    self.identity = identity
  }

  /// Waits until the thread has ended.
  package func join() {
    pthread_join(identity, nil)
  }

  /// Lets the thread end by itself.
  package func detach() {
    pthread_detach(identity)
  }

  /// Checks whether that many more threads can run at once.
  ///
  /// - Throws: ``DeltaCLError`` (`outOfThreads`).
  package static func probe(_ count: Int, for purpose: String) throws(DeltaCLError) {
    let gate = NSCondition()
    nonisolated(unsafe) var isOpen = false
    var threads: [CheckedThread] = []
    defer {
      gate.withLock {
        isOpen = true
        gate.broadcast()
      }
      threads.forEach { $0.join() }
    }
    for _ in 0..<count {
      threads.append(
        try CheckedThread(for: purpose) {
          gate.withLock {
            while !isOpen { gate.wait() }
          }
        })
    }
  }

  /// Runs `body` for every index below `count`, on all processors for which a thread can be started.
  package static func forEach(below count: Int, _ body: @Sendable (Int) -> Void) {
    // No thread outlives this call.
    withoutActuallyEscaping(body) { body in
      let counter = Counter(limit: count)
      let work = { @Sendable in
        while let index = counter.next() { body(index) }
      }
      // The calling thread works too, and alone if none can be started.
      let others = min(count, ProcessInfo.processInfo.activeProcessorCount) - 1
      let threads = (0..<max(0, others)).compactMap { _ in try? CheckedThread(for: "a part of the work", work) }
      work()
      threads.forEach { $0.join() }
    }
  }

  private final class Counter: Sendable {
    private let position = Mutex(0)
    private let limit: Int

    init(limit: Int) {
      self.limit = limit
    }

    func next() -> Int? {
      position.withLock { position in
        guard position < limit else { return nil }
        defer { position += 1 }
        return position
      }
    }
  }
}
