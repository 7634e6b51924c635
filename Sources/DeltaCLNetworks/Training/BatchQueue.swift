import Foundation

/// The batches between the thread that prepares them and the one that takes them.
final class BatchQueue: @unchecked Sendable {
  private let condition = NSCondition()
  private let depth: Int
  // All below is guarded by `condition`.
  private var ready: [Batch] = []
  private var used: [Batch] = []
  private var failure: (any Error)?
  private var hasEnded = false
  private var isClosed = false

  init(depth: Int) {
    self.depth = depth
  }

  /// A batch to fill: one that has come back, or a new one.
  func blank(count: Int, imageSize: Int) throws -> Batch {
    let recycled = condition.withLock {
      used.firstIndex { $0.count == count }.map { used.remove(at: $0) }
    }
    return try recycled ?? Batch(count: count, imageSize: imageSize)
  }

  /// Waits for room and appends a batch.
  ///
  /// - Returns: false if nobody will take it.
  func append(_ batch: Batch) -> Bool {
    condition.withLock {
      while ready.count >= depth && !isClosed { condition.wait() }
      if isClosed { return false }
      ready.append(batch)
      condition.broadcast()
      return true
    }
  }

  /// Says that no further batch will come, and why if something failed.
  func end(failure: (any Error)?) {
    condition.withLock {
      self.failure = failure
      hasEnded = true
      condition.broadcast()
    }
  }

  /// Waits for a batch and takes it; `nil` after the last.
  func next() throws -> Batch? {
    try condition.withLock {
      while ready.isEmpty && !hasEnded { condition.wait() }
      if !ready.isEmpty {
        defer { condition.broadcast() }
        return ready.removeFirst()
      }
      if let failure { throw failure }
      return nil
    }
  }

  func recycle(_ batch: Batch) {
    condition.withLock { used.append(batch) }
  }

  /// Lets the preparing thread end.
  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }
}
