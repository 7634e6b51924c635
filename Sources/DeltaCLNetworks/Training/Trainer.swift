public import DeltaCL
public import DeltaCLData

/// Trains a network on a data set with the softmax cross-entropy loss.
///
///     let dataset = try Dataset.load("digits")
///     let network = try Network.named("lenet", classes: dataset.classNames.count)
///     let trainer = try Trainer(network, dataset, TrainingConfiguration(), on: Backends.current)
///     let result = try trainer.run { event in
///       if case .epoch(let epoch) = event { print(epoch.epoch, epoch.testAccuracy) }
///     }
///     try trainer.checkpoint().write(to: "model.safetensors")
///
/// The same configuration and data give the same parameters on the same device, bit for bit. Not `Sendable`: an instance belongs to
/// one thread at a time, except for its ``stopRequest``.
public final class Trainer {
  /// What is trained to tell the classes apart.
  public let network: Network
  /// The images that it is trained and tested on, without those to validate with.
  public let dataset: Dataset
  /// The training images that are set apart to validate with; `nil` without any.
  public let validation: (any LabeledImages)?
  /// What pixels from 0 to 1 are normalised with: that of ``dataset`` for the network's channels.
  public let normalization: Normalization
  /// The hyper-parameters.
  public let configuration: TrainingConfiguration
  /// What is trained; load other values before ``run(_:)`` to start from them.
  public let parameters: Parameters
  /// A factor of the learning rates to come, beside the schedule's; for handlers of events. Checkpoints to resume from hold it.
  public var learningRateFactor: Float = 1
  /// Ends the run after the step that it is in; may be made on any thread.
  public let stopRequest = StopRequest()

  /// What the run has measured so far.
  public internal(set) var history = TrainingHistory()
  /// The last evaluation of this run; `nil` before the first one.
  public private(set) var evaluation: Evaluation?

  /// What is evaluated and saved as the model: the parameters or their averages.
  let evaluated: Parameters
  /// The data set's sizes and checksums.
  lazy var dataSettings = Self.settings(of: dataset, validation, normalization)
  private let fullStep: TrainingStep
  /// The step for the last, short batch of an epoch; `nil` if all batches are full.
  private let lastStep: TrainingStep?
  private let evaluator: Evaluator

  /// Initialises the parameters, compiles the steps and the evaluation, and allocates all memory that ``run(_:)`` will need on the device.
  ///
  /// - Throws: ``TrainingError`` if the configuration is invalid or the data set does not suit the network; `DataError` if
  ///   images that are looked at for the normalisation cannot be read; `NetworkError` if
  ///   the network does not fit together; what the backend throws, as for want of memory.
  public init(
    _ network: Network, _ dataset: Dataset, _ configuration: TrainingConfiguration, on backend: any Backend
  ) throws {
    try configuration.validate()
    try network.requireFit(of: dataset)
    guard dataset.test.count > 0 || configuration.validationShare != nil else {
      throw TrainingError(.unsuitableDataset, "\(dataset.name) has no test image; add at least one")
    }
    self.network = network
    if let share = configuration.validationShare {
      let (train, validation) = try dataset.train.separatingValidation(share: share, seed: configuration.seed)
      self.dataset = try dataset.replacing(train: train, test: dataset.test)
      self.validation = validation
      history.evaluationName = "validation"
    } else {
      self.dataset = dataset
      validation = nil
    }
    normalization = try self.dataset.normalization(channels: network.inputChannels)
    self.configuration = configuration
    let parameters = try Parameters(network, seed: configuration.seed, on: backend)
    self.parameters = parameters
    evaluated = configuration.averageDecay == nil ? parameters : try parameters.averages()
    evaluator = try Evaluator(network, evaluated)

    let count = self.dataset.train.count
    try network.checkBatchSize(min(configuration.batchSize, count), imageCount: count)
    func step(batch: Int) throws -> TrainingStep {
      try TrainingStep(
        network, parameters, batch: batch, labelSmoothing: configuration.labelSmoothing,
        optimizer: configuration.optimizer, clipping: configuration.clipping, averageDecay: configuration.averageDecay)
    }
    fullStep = try step(batch: min(configuration.batchSize, count))
    let remainder = count % fullStep.batch
    lastStep = remainder == 0 ? nil : try step(batch: remainder)
    try configuration.schedule.requireReached(stepCount: stepCount, stepsPerEpoch: stepsPerEpoch)
    // A lack of memory must not show only after an epoch.
    if batchesPerStep > 1 { for step in [fullStep, lastStep] { try step?.prepareAccumulation() } }
    try evaluator.prepare(count: evaluationImages.count)
  }

  /// What is evaluated after each epoch.
  private var evaluationImages: any LabeledImages { validation ?? dataset.test }

  /// The batches of an epoch, the short one included.
  public var batchesPerEpoch: Int { (dataset.train.count + fullStep.batch - 1) / fullStep.batch }

  /// The batches of a step, of which the last one of an epoch may have fewer.
  private var batchesPerStep: Int { min(configuration.accumulation, batchesPerEpoch) }

  /// The updates of an epoch.
  public var stepsPerEpoch: Int { (batchesPerEpoch + batchesPerStep - 1) / batchesPerStep }

  /// The updates of the whole run, if nothing stops it before.
  public var stepCount: Int {
    let (limit, overflow) = configuration.epochs.multipliedReportingOverflow(by: stepsPerEpoch)
    return min(overflow ? .max : limit, configuration.maxSteps ?? .max)
  }

  /// The images of a step, which is counted from 1.
  func imageCount(ofStep step: Int) -> Int {
    let imagesPerStep = batchesPerStep * fullStep.batch
    return min(imagesPerStep, dataset.train.count - (step - 1) % stepsPerEpoch * imagesPerStep)
  }

  /// Trains until the epochs or the steps are done, until the evaluations have not improved for longer than the configuration's patience,
  /// or until ``stopRequest`` is made. It goes on where ``history`` ends: a second call makes what a stop has left, and after
  /// ``resume(from:)`` the run is the same, bit for bit, as one that was never stopped.
  ///
  /// - Parameter handle: Called after each step, and after each epoch before and after its evaluation, on the calling thread; what it
  ///   throws ends the run.
  /// - Throws: ``TrainingError`` (`diverged`) if the loss of a step or of an evaluation is not finite; what the backend throws.
  @discardableResult
  public func run(_ handle: (TrainingEvent) throws -> Void = { _ in }) throws -> TrainingResult {
    evaluation = nil
    if let epoch = history.epochs.last, epoch.step == history.steps.count, !epoch.isEvaluated {
      try evaluate(epoch, handle)
    }
    var run = TrainingRun(self)
    let (epochs, steps) = run.step.quotientAndRemainder(dividingBy: stepsPerEpoch)
    let loader = BatchLoader(
      dataset.train,
      preparation: try network.preparation(
        normalization: normalization, pixelMaximum: dataset.train.pixelMaximum),
      augmentations: configuration.augmentations, batchSize: fullStep.batch, epochs: configuration.epochs,
      seed: configuration.seed, shuffles: configuration.shuffles, skippingEpochs: epochs,
      batches: steps * batchesPerStep)

    while run.step < run.stepLimit, !hasLostPatience {
      if stopRequest.isMade { return TrainingResult(history: history, evaluation: nil) }
      guard let (record, batch) = try makeStep(&run, from: loader) else { break }
      guard record.loss.isFinite else { throw diverged("loss", record.loss, after: record) }
      history.steps.append(record)
      try handle(.step(run.report(record, batch: batch)))

      if batch == batchesPerEpoch || run.step == run.stepLimit {
        let seconds = run.epochSeconds
        let epoch = TrainingHistory.Epoch(
          epoch: record.epoch, step: run.step, loss: run.loss, accuracy: run.accuracy, testLoss: .nan,
          testAccuracy: .nan, seconds: seconds)
        history.epochs.append(epoch)
        try handle(.trained(epoch))
        if stopRequest.isMade { return TrainingResult(history: history, evaluation: nil) }
        try evaluate(epoch, handle)
        run.beginEpoch(after: seconds)
      }
    }
    // Nothing was left to do.
    if evaluation == nil { evaluation = try evaluate() }
    return TrainingResult(history: history, evaluation: evaluation)
  }

  /// Makes a step.
  ///
  /// - Returns: Its record and the number of its last batch, counted from 1 in its epoch; `nil` after the last batch.
  private func makeStep(
    _ run: inout TrainingRun, from loader: BatchLoader
  ) throws -> (record: TrainingHistory.Step, batch: Int)? {
    let factor = configuration.schedule.factor(
      step: run.step, stepCount: run.stepLimit, stepsPerEpoch: stepsPerEpoch,
      losses: history.epochs.filter(\.isEvaluated).map(\.testLoss))
    let rate = Float(Double(configuration.learningRate) * factor) * learningRateFactor
    var (images, correct, loss) = (0, 0, 0.0)
    for number in 1...batchesPerStep {
      guard let batch = try loader.next() else { return nil }
      let step = batch.count == fullStep.batch ? fullStep : lastStep ?? fullStep
      let isLast = number == batchesPerStep || batch.index == batchesPerEpoch - 1
      if isLast {
        step.learningRate = rate
        try step.run(images: batch.images, labels: batch.labels)
      } else {
        try step.accumulate(images: batch.images, labels: batch.labels)
      }
      loss += Double(try step.loss()) * Double(batch.count)
      correct += try step.correctCount()
      images += batch.count
      loader.recycle(batch)
      if isLast {
        let mean = Float(loss / Double(images))
        return (run.add(epoch: batch.epoch, images: images, correct: correct, loss: mean), batch.index + 1)
      }
    }
    return nil
  }

  private func evaluate() throws -> Evaluation {
    try evaluator.evaluate(evaluationImages, normalization: normalization)
  }

  /// Evaluates the epoch that has ended.
  private func evaluate(_ epoch: TrainingHistory.Epoch, _ handle: (TrainingEvent) throws -> Void) throws {
    let measured = try evaluate()
    guard measured.loss.isFinite else {
      history.epochs.removeLast()
      throw diverged("\(history.evaluationName) loss", measured.loss, after: lastStepRecord)
    }
    let epoch = TrainingHistory.Epoch(
      epoch: epoch.epoch, step: epoch.step, loss: epoch.loss, accuracy: epoch.accuracy, testLoss: measured.loss,
      testAccuracy: measured.accuracy, seconds: epoch.seconds)
    history.epochs[history.epochs.count - 1] = epoch
    evaluation = measured
    try handle(.epoch(epoch))
  }

  /// Whether as many evaluations as the configuration has patience for were no better than one before them.
  private var hasLostPatience: Bool {
    guard let patience = configuration.patience, let best = history.bestEpoch else { return false }
    return history.epochs.count { $0.isEvaluated && $0.step > best.step } >= patience
  }

  /// The model as it is, with all that is needed to use it: the parameters, or their moving averages if the configuration asks for these.
  ///
  /// - Throws: ``TrainingError`` (`diverged`) if a parameter is not finite; what the backend throws.
  public func checkpoint() throws -> Checkpoint {
    try checkpoint(of: evaluated, training: nil)
  }

  func checkpoint(of parameters: Parameters, training: TrainingState?) throws -> Checkpoint {
    let last = lastStepRecord
    let checkpoint = try Checkpoint(
      network, parameters, classNames: dataset.classNames, datasetName: dataset.name,
      normalization: normalization, epoch: last.epoch, step: last.step, validation: dataset.validation,
      training: training)
    for (name, tensor) in checkpoint.tensors {
      guard let value = tensor.values.first(where: { !$0.isFinite }) else { continue }
      throw diverged("parameter \(name)", value, after: last)
    }
    return checkpoint
  }

  private var lastStepRecord: TrainingHistory.Step {
    history.steps.last ?? TrainingHistory.Step(epoch: 0, step: 0, loss: 0, accuracy: 0)
  }

  private func diverged(_ what: String, _ value: Float, after step: TrainingHistory.Step) -> TrainingError {
    TrainingError(
      .diverged,
      "the \(what) became \(value) at step \(step.step) of epoch \(step.epoch): lower the learning rate, which is "
        + "\(configuration.learningRate), or check the initial weights")
  }
}
