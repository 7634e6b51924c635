public import DeltaCL
public import DeltaCLData

/// Trains a network on a data set by stochastic gradient descent with the softmax cross-entropy loss.
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
  /// The images that it is trained and tested on.
  public let dataset: Dataset
  /// What pixels from 0 to 1 are normalised with: that of ``dataset`` for the network's channels.
  public let normalization: Normalization
  /// The hyper-parameters.
  public let configuration: TrainingConfiguration
  /// What is trained; load other values before ``run(_:)`` to start from them.
  public let parameters: Parameters
  /// Ends the run after the step that it is in; may be made on any thread.
  public let stopRequest = StopRequest()

  /// What the run has measured so far.
  public private(set) var history = TrainingHistory()

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
    self.network = network
    self.dataset = dataset
    normalization = try dataset.normalization(channels: network.inputChannels)
    self.configuration = configuration
    parameters = try Parameters(network, seed: configuration.seed, on: backend)
    evaluator = try Evaluator(network, parameters)

    let count = dataset.train.count
    let optimizer = Optimizer(
      momentum: configuration.momentum, weightDecay: configuration.weightDecay, nesterov: configuration.nesterov)
    try network.checkBatchSize(min(configuration.batchSize, count), imageCount: count)
    fullStep = try TrainingStep(network, parameters, batch: min(configuration.batchSize, count), optimizer: optimizer)
    let remainder = count % fullStep.batch
    lastStep = remainder == 0 ? nil : try TrainingStep(network, parameters, batch: remainder, optimizer: optimizer)
    for step in [fullStep, lastStep] { step?.learningRate = configuration.learningRate }
    // A lack of memory for the evaluation must not show only after an epoch.
    try evaluator.prepare(count: dataset.test.count)
  }

  /// The batches of an epoch, the short one included.
  public var batchesPerEpoch: Int { (dataset.train.count + fullStep.batch - 1) / fullStep.batch }

  /// Trains until the epochs or the steps are done, or until ``stopRequest`` is made. A second call starts over from the
  /// parameters as they are, and adds to ``history``.
  ///
  /// - Parameter handle: Called after each step, and after each epoch before and after its evaluation, on the calling thread; what it
  ///   throws ends the run.
  /// - Throws: ``TrainingError`` (`diverged`) if the loss of a step or of the test images is not finite; what the backend throws.
  @discardableResult
  public func run(_ handle: (TrainingEvent) throws -> Void = { _ in }) throws -> TrainingResult {
    var run = TrainingRun(self)
    let loader = BatchLoader(
      dataset.train,
      preparation: try network.preparation(
        normalization: normalization, pixelMaximum: dataset.train.pixelMaximum),
      augmentations: configuration.augmentations, batchSize: fullStep.batch, epochs: configuration.epochs,
      seed: configuration.seed, shuffles: configuration.shuffles)
    var evaluation: Evaluation?

    while run.step < run.stepLimit, let batch = try loader.next() {
      if stopRequest.isMade { return TrainingResult(history: history, evaluation: nil) }
      let step = batch.count == fullStep.batch ? fullStep : lastStep ?? fullStep
      try step.run(images: batch.images, labels: batch.labels)
      let (loss, correctCount) = (try step.loss(), try step.correctCount())
      let record = run.add(batch, loss: loss, correctCount: correctCount)
      loader.recycle(batch)
      guard loss.isFinite else { throw diverged("loss", loss, after: record) }
      history.steps.append(record)
      try handle(.step(run.report(record, batch: batch)))

      if batch.index == batchesPerEpoch - 1 || run.step == run.stepLimit {
        let seconds = run.epochSeconds
        func epoch(testLoss: Float, testAccuracy: Float) -> TrainingHistory.Epoch {
          TrainingHistory.Epoch(
            epoch: batch.epoch, step: run.step, loss: run.loss, accuracy: run.accuracy, testLoss: testLoss,
            testAccuracy: testAccuracy, seconds: seconds)
        }
        let trained = epoch(testLoss: .nan, testAccuracy: .nan)
        history.epochs.append(trained)
        try handle(.trained(trained))
        if stopRequest.isMade { return TrainingResult(history: history, evaluation: nil) }

        let measured = try evaluator.evaluate(dataset.test, normalization: normalization)
        guard measured.loss.isFinite else {
          history.epochs.removeLast()
          throw diverged("test loss", measured.loss, after: record)
        }
        let epoch = epoch(testLoss: measured.loss, testAccuracy: measured.accuracy)
        history.epochs[history.epochs.count - 1] = epoch
        evaluation = measured
        try handle(.epoch(epoch))
        run.beginEpoch(after: seconds)
      }
    }
    return TrainingResult(history: history, evaluation: evaluation)
  }

  /// The parameters as they are, with all that is needed to use them.
  ///
  /// - Throws: ``TrainingError`` (`diverged`) if a parameter is not finite; what the backend throws.
  public func checkpoint() throws -> Checkpoint {
    let last = history.steps.last ?? TrainingHistory.Step(epoch: 0, step: 0, loss: 0, accuracy: 0)
    let checkpoint = try Checkpoint(
      network, parameters, classNames: dataset.classNames, datasetName: dataset.name,
      normalization: normalization, epoch: last.epoch, step: last.step, validation: dataset.validation)
    for (name, tensor) in checkpoint.tensors {
      guard let value = tensor.values.first(where: { !$0.isFinite }) else { continue }
      throw diverged("parameter \(name)", value, after: last)
    }
    return checkpoint
  }

  private func diverged(_ what: String, _ value: Float, after step: TrainingHistory.Step) -> TrainingError {
    TrainingError(
      .diverged,
      "the \(what) became \(value) at step \(step.step) of epoch \(step.epoch): lower the learning rate, which is "
        + "\(configuration.learningRate), or check the initial weights")
  }
}
