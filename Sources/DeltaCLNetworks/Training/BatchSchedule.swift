/// Which examples each batch is made of: all of every epoch, in an order that follows from the seed.
struct BatchSchedule {
  /// What one batch is made of.
  struct Assignment: Equatable {
    /// The batch's place among all of them, counted from 0.
    let sequence: Int
    /// Counted from 1.
    let epoch: Int
    /// The batch's place in its epoch, counted from 0.
    let index: Int
    /// The indices of the examples.
    let examples: ArraySlice<Int>
  }

  private let count: Int
  private let batchSize: Int
  private let epochs: Int
  private let seed: UInt64?
  private var sequence = 0
  private var epoch: Int
  private var start: Int
  private var order: [Int] = []

  /// - Parameters:
  ///   - seed: What the order of each epoch is drawn from; `nil` for that of the examples.
  ///   - skippedEpochs: The epochs at the beginning that are left out.
  ///   - skippedBatches: The batches of the first epoch after them that are left out too; fewer than it has.
  init(
    count: Int, batchSize: Int, epochs: Int, seed: UInt64?, skippingEpochs skippedEpochs: Int = 0,
    batches skippedBatches: Int = 0
  ) {
    epoch = skippedEpochs + 1
    start = skippedBatches * batchSize
    self.count = count
    self.batchSize = batchSize
    self.epochs = epochs
    self.seed = seed
  }

  /// What the next batch is made of; `nil` after the last one.
  mutating func next() -> Assignment? {
    guard epoch <= epochs, count > 0 else { return nil }
    if order.isEmpty {
      order = Array(0..<count)
      if let seed {
        var generator = Philox(seed: seed, stream: .shuffling(epoch: epoch))
        order = generator.shuffled(count)
      }
    }
    let end = count - start <= batchSize ? count : start + batchSize
    defer {
      sequence += 1
      start = end
      if end == count { (epoch, start, order) = (epoch + 1, 0, []) }
    }
    return Assignment(sequence: sequence, epoch: epoch, index: start / batchSize, examples: order[start..<end])
  }
}
