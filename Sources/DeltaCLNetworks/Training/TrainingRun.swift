/// The sums and clocks of one training run.
struct TrainingRun {
  let stepLimit: Int
  private let batchesPerEpoch: Int
  private let clock = ContinuousClock()
  private var started: ContinuousClock.Instant
  private var secondsBefore = 0.0
  private var imagesBefore = 0

  private(set) var step = 0
  private var images = 0
  private var correct = 0
  private var lossSum = 0.0

  init(_ trainer: Trainer) {
    batchesPerEpoch = trainer.batchesPerEpoch
    let (limit, overflow) = trainer.configuration.epochs.multipliedReportingOverflow(by: batchesPerEpoch)
    stepLimit = min(overflow ? .max : limit, trainer.configuration.maxSteps ?? .max)
    started = clock.now
  }

  /// The mean loss over the epoch so far.
  var loss: Float { Float(lossSum / Double(max(images, 1))) }
  /// The share of the epoch's images so far that was classified right.
  var accuracy: Float { Float(correct) / Float(max(images, 1)) }
  /// How long the epoch has taken so far.
  var epochSeconds: Double { (clock.now - started) / .seconds(1) }

  /// Counts a step.
  mutating func add(_ batch: Batch, loss: Float, correctCount: Int) -> TrainingHistory.Step {
    step += 1
    images += batch.count
    correct += correctCount
    lossSum += Double(loss) * Double(batch.count)
    return TrainingHistory.Step(
      epoch: batch.epoch, step: step, loss: loss, accuracy: Float(correctCount) / Float(batch.count))
  }

  /// Starts the sums and the clock of the next epoch.
  ///
  /// - Parameter seconds: How long training took in the last one; what came after it, such as evaluation, does not count.
  mutating func beginEpoch(after seconds: Double) {
    secondsBefore += seconds
    imagesBefore += images
    (images, correct, lossSum) = (0, 0, 0)
    started = clock.now
  }

  func report(_ record: TrainingHistory.Step, batch: Batch) -> TrainingProgress {
    let seconds = secondsBefore + epochSeconds
    return TrainingProgress(
      step: record, batch: batch.index + 1, batchesPerEpoch: batchesPerEpoch, loss: loss, accuracy: accuracy,
      imagesPerSecond: Double(imagesBefore + images) / max(seconds, 1e-9),
      secondsLeft: seconds / Double(step) * Double(stepLimit - step))
  }
}
