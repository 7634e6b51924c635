import Foundation

/// The batches between the threads that prepare them, part by part, and the one that takes them in the order of the schedule.
final class BatchQueue: @unchecked Sendable {
  /// A part of a batch that one thread prepares.
  struct Part {
    let batch: Batch
    let assignment: BatchSchedule.Assignment
    /// The places in the batch, from 0.
    let slots: Range<Int>
  }

  /// The images that a thread prepares at a time.
  static let partSize = 8

  private let condition = NSCondition()
  private let depth: Int
  private let imageSize: Int
  // All below is guarded by `condition`.
  private var schedule: BatchSchedule
  /// What is left to claim of the batch that was begun last.
  private var rest: Part?
  /// The images of batches in preparation that are not ready, by the batches' places.
  private var missing: [Int: Int] = [:]
  private var ready: [Int: Batch] = [:]
  private var used: [Batch] = []
  /// What kept the first batch that failed from being prepared, and its place.
  private var failure: (sequence: Int, error: any Error)?
  /// The batches that were begun and those that were taken.
  private var (begun, taken) = (0, 0)
  private var hasEnded = false
  private var isClosed = false

  /// - Parameters:
  ///   - imageSize: The values of an image.
  ///   - depth: The most batches that are in preparation or ready.
  init(_ schedule: BatchSchedule, imageSize: Int, depth: Int) {
    self.schedule = schedule
    self.imageSize = imageSize
    self.depth = depth
  }

  /// Waits for room and claims the next part.
  ///
  /// - Returns: `nil` if there is none, a batch has failed, or nobody will take it.
  func claim() -> Part? {
    condition.withLock {
      while !isClosed && failure == nil {
        if let part = rest {
          let end = min(part.slots.lowerBound + Self.partSize, part.slots.upperBound)
          rest = end == part.slots.upperBound ? nil : part.with(slots: end..<part.slots.upperBound)
          return part.with(slots: part.slots.lowerBound..<end)
        }
        if hasEnded { return nil }
        if begun - taken < depth { begin() } else { condition.wait() }
      }
      return nil
    }
  }

  /// Begins the next batch; the lock is held.
  private func begin() {
    guard let assignment = schedule.next() else {
      hasEnded = true
      condition.broadcast()
      return
    }
    let count = assignment.examples.count
    do {
      let recycled = used.firstIndex { $0.count == count }.map { used.remove(at: $0) }
      let batch = try recycled ?? Batch(count: count, imageSize: imageSize)
      (batch.epoch, batch.index) = (assignment.epoch, assignment.index)
      rest = Part(batch: batch, assignment: assignment, slots: 0..<count)
      missing[assignment.sequence] = count
      begun += 1
    } catch {
      failure = (assignment.sequence, error)
    }
    condition.broadcast()
  }

  /// Hands over a part that is prepared.
  func finish(_ part: Part) {
    condition.withLock {
      let sequence = part.assignment.sequence
      let left = (missing[sequence] ?? 0) - part.slots.count
      missing[sequence] = left > 0 ? left : nil
      guard left == 0 else { return }
      ready[sequence] = part.batch
      condition.broadcast()
    }
  }

  /// Says why a batch cannot be prepared; those before it are still handed over.
  ///
  /// - Parameter sequence: The batch's place; 0 if no thread prepares any.
  func fail(_ error: any Error, at sequence: Int = 0) {
    condition.withLock {
      if sequence < failure?.sequence ?? .max { failure = (sequence, error) }
      condition.broadcast()
    }
  }

  /// Waits for the next batch and takes it; `nil` after the last.
  func next() throws -> Batch? {
    try condition.withLock {
      while true {
        if let batch = ready.removeValue(forKey: taken) {
          taken += 1
          condition.broadcast()
          return batch
        }
        if let failure, failure.sequence <= taken { throw failure.error }
        if hasEnded && taken == begun { return nil }
        condition.wait()
      }
    }
  }

  func recycle(_ batch: Batch) {
    condition.withLock { used.append(batch) }
  }

  /// Lets the preparing threads end.
  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }
}

extension BatchQueue.Part {
  fileprivate func with(slots: Range<Int>) -> Self {
    Self(batch: batch, assignment: assignment, slots: slots)
  }
}
