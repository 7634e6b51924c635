/// The sums and clocks of one training run, which follow from its history.
struct TrainingRun {
  let stepLimit: Int
  private let batchesPerEpoch: Int
  private let clock = ContinuousClock()
  private var started: ContinuousClock.Instant
  private var secondsBefore = 0.0
  private var imagesBefore = 0
  private let stepBefore: Int

  private(set) var step: Int
  private var images = 0
  private var correct = 0
  private var lossSum = 0.0

  /// A run that goes on where the trainer's history ends.
  init(_ trainer: Trainer) {
    batchesPerEpoch = trainer.batchesPerEpoch
    stepLimit = trainer.stepCount
    step = trainer.history.steps.count
    stepBefore = step
    started = clock.now
    for record in trainer.history.steps.suffix(step % trainer.stepsPerEpoch) {
      let count = trainer.imageCount(ofStep: record.step)
      add(images: count, correct: Int((record.accuracy * Float(count)).rounded()), loss: record.loss)
    }
    // They took their time before.
    imagesBefore = -images
  }

  /// The mean loss over the epoch so far.
  var loss: Float { Float(lossSum / Double(max(images, 1))) }
  /// The share of the epoch's images so far that was classified right.
  var accuracy: Float { Float(correct) / Float(max(images, 1)) }
  /// How long the epoch has taken so far.
  var epochSeconds: Double { (clock.now - started) / .seconds(1) }

  /// Counts a step.
  ///
  /// - Parameters:
  ///   - images: The images of its batches.
  ///   - correct: Those that were classified right.
  ///   - loss: Their mean loss.
  mutating func add(epoch: Int, images: Int, correct: Int, loss: Float) -> TrainingHistory.Step {
    step += 1
    add(images: images, correct: correct, loss: loss)
    return TrainingHistory.Step(
      epoch: epoch, step: step, loss: loss, accuracy: Float(correct) / Float(images))
  }

  private mutating func add(images: Int, correct: Int, loss: Float) {
    self.images += images
    self.correct += correct
    lossSum += Double(loss) * Double(images)
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

  /// - Parameter batch: The last batch of the step, counted from 1 in its epoch.
  func report(_ record: TrainingHistory.Step, batch: Int) -> TrainingProgress {
    let seconds = secondsBefore + epochSeconds
    return TrainingProgress(
      step: record, batch: batch, batchesPerEpoch: batchesPerEpoch, loss: loss, accuracy: accuracy,
      imagesPerSecond: Double(imagesBefore + images) / max(seconds, 1e-9),
      secondsLeft: seconds / Double(step - stepBefore) * Double(stepLimit - step))
  }
}
