import DeltaCL
public import DeltaCLData
import Foundation
import OpenCL

/// Draws batches and fetches, prepares and augments their images ahead on other threads.
///
/// What a batch holds follows from the seed, the epoch and its place alone, whatever the number of threads. No more images are in
/// memory than those of a few batches and one for each thread. The threads end when all batches are drawn, when one fails, and when the
/// loader is released.
public final class BatchLoader {
  /// How images become values.
  struct Form: Sendable {
    let preparation: ImagePreparation
    let augmentations: Set<Augmentation>
    /// What augmentations are drawn from.
    let seed: UInt64
  }

  private let queue: BatchQueue

  /// Starts to prepare batches.
  ///
  /// - Parameters:
  ///   - images: The images to draw from.
  ///   - preparation: What brings them to the form that the network takes.
  ///   - augmentations: How each image is varied at random.
  ///   - batchSize: The images of a batch, at least 1; the last batch of an epoch takes what is left.
  ///   - epochs: How often every image is drawn.
  ///   - seed: What the order of each epoch and the augmentations are drawn from.
  ///   - shuffles: Whether each epoch has an order of its own rather than that of `images`.
  ///   - skippedEpochs: The epochs at the beginning that are left out.
  ///   - skippedBatches: The batches of the first epoch after them that are left out too.
  ///   - depth: The most batches that are in preparation or ready; `nil` for 2 to 4, as many as take 64 MiB.
  public init(
    _ images: any LabeledImages, preparation: ImagePreparation, augmentations: Set<Augmentation> = [], batchSize: Int,
    epochs: Int = 1, seed: UInt64 = 0, shuffles: Bool = false, skippingEpochs skippedEpochs: Int = 0,
    batches skippedBatches: Int = 0, depth: Int? = nil
  ) {
    let batchSize = max(batchSize, 1)
    let schedule = BatchSchedule(
      count: images.count, batchSize: batchSize, epochs: max(epochs, 1), seed: shuffles ? seed : nil,
      skippingEpochs: skippedEpochs, batches: skippedBatches)
    let form = Form(preparation: preparation, augmentations: augmentations, seed: seed)
    let queue = BatchQueue(
      schedule, imageSize: preparation.valueCount,
      depth: depth.map { max($0, 1) } ?? Self.depth(batchSize: min(batchSize, images.count), of: preparation))
    self.queue = queue
    let work = { @Sendable in
      while let part = queue.claim() {
        do {
          try part.batch.fill(part.slots, from: images, examples: part.assignment.examples, form)
          queue.finish(part)
        } catch {
          queue.fail(error, at: part.assignment.sequence)
        }
      }
    }
    let threads = ProcessInfo.processInfo.activeProcessorCount
    do throws(DeltaCLError) {
      try CheckedThread(for: "the preparation of batches", work).detach()
      // One is enough, if slower.
      for _ in 1..<max(threads, 1) { (try? CheckedThread(for: "the preparation of batches", work))?.detach() }
    } catch {
      queue.fail(error)
    }
  }

  private static func depth(batchSize: Int, of preparation: ImagePreparation) -> Int {
    let limit = 1 << 26
    return min(max(limit / max(batchSize * preparation.valueCount * MemoryLayout<Float>.size, 1), 2), 4)
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
