import DeltaCL
public import DeltaCLData
import Foundation
import OpenCL

/// Draws batches from a split and prepares them ahead on another thread.
///
/// The thread ends when all batches are drawn, when one fails, and when the loader is released.
public final class BatchLoader {
  private let queue: BatchQueue

  /// Starts to prepare batches.
  ///
  /// - Parameters:
  ///   - split: The images to draw from, of the size that the network takes.
  ///   - normalization: What pixels from 0 to 1 are normalised with.
  ///   - batchSize: The images of a batch, at least 1; the last batch of an epoch takes what is left.
  ///   - epochs: How often every image is drawn.
  ///   - seed: What the order of each epoch is drawn from; `nil` for the split's own order.
  ///   - skippedEpochs: The epochs at the beginning that are left out.
  ///   - skippedBatches: The batches of the first epoch after them that are left out too.
  ///   - depth: The most batches that are ready and not yet taken.
  public init(
    _ split: Split, normalization: Normalization, batchSize: Int, epochs: Int = 1, seed: UInt64? = nil,
    skippingEpochs skippedEpochs: Int = 0, batches skippedBatches: Int = 0, depth: Int = 3
  ) {
    let queue = BatchQueue(depth: max(depth, 1))
    self.queue = queue
    let batchSize = max(batchSize, 1)
    let fill = { @Sendable in
      do {
        for epoch in 1...max(epochs, 1) where epoch > skippedEpochs {
          var order = Array(0..<split.count)
          if let seed {
            var generator = Philox(seed: seed, stream: .shuffling(epoch: epoch))
            order = generator.shuffled(split.count)
          }
          for (index, start) in stride(from: 0, to: split.count, by: batchSize).enumerated() {
            if epoch == skippedEpochs + 1, index < skippedBatches { continue }
            let indices = order[start..<min(start + batchSize, split.count)]
            let batch = try queue.blank(count: indices.count, imageSize: split.imageSize)
            try batch.fill(from: split, indices: indices, normalization: normalization)
            batch.epoch = epoch
            batch.index = index
            guard queue.append(batch) else { return }
          }
        }
        queue.end(failure: nil)
      } catch {
        queue.end(failure: error)
      }
    }
    do throws(DeltaCLError) {
      try CheckedThread(for: "the preparation of batches", fill).detach()
    } catch {
      queue.end(failure: error)
    }
  }

  deinit {
    queue.close()
  }

  /// Waits for the next batch; `nil` after the last one.
  ///
  /// - Throws: What kept the batch from being prepared.
  public func next() throws -> Batch? {
    try queue.next()
  }

  /// Gives back a batch whose contents no device reads any more, so that its memory is reused.
  public func recycle(_ batch: Batch) {
    queue.recycle(batch)
  }
}
