import DeltaCL
import DeltaCLData

extension Trainer {
  /// The parameters as they are, with all that ``resume(from:)`` needs to go on.
  ///
  /// - Throws: ``TrainingError`` (`diverged`) if a parameter is not finite; what the backend throws.
  public func resumableCheckpoint() throws -> Checkpoint {
    let averages = configuration.averageDecay == nil ? [:] : Self.tensors(try evaluated.all())
    let state = TrainingState(
      settings: settings, updateCount: try parameters.updateCount(), stepNumber: try parameters.stepNumber(),
      learningRateFactor: learningRateFactor, optimizer: try parameters.optimizerState().mapValues(Self.tensors),
      averages: averages, history: history)
    return try checkpoint(of: parameters, training: state)
  }

  /// Takes parameters, the optimiser's state and the history from a checkpoint, on whatever backend it was made. ``run(_:)`` then goes on
  /// as if the run had never been stopped.
  ///
  /// The configuration may have more epochs or steps than that of the run, unless its schedule is laid out over all steps.
  ///
  /// - Throws: ``TrainingError`` (`unsuitableCheckpoint`) if the checkpoint holds no training, or that of other data or
  ///   hyper-parameters, which it names; ``NetworkError`` (`mismatchedParameters`) if the tensors do not fit the network; what the backend
  ///   throws. Do not use the trainer then.
  public func resume(from checkpoint: Checkpoint) throws {
    guard let state = checkpoint.training else {
      throw TrainingError(
        .unsuitableCheckpoint,
        "the checkpoint is a model without a training to go on with: use its tensors as initial weights")
    }
    try requireSame(state.settings)
    guard state.history.steps.count <= stepCount else {
      throw TrainingError(
        .unsuitableCheckpoint,
        "the run has made \(state.history.steps.count) steps, more than the \(stepCount) of the configuration")
    }
    try parameters.load(checkpoint.tensors)
    try parameters.loadOptimizerState(state.optimizer)
    if configuration.averageDecay != nil { try evaluated.load(state.averages) }
    try parameters.setUpdateCount(state.updateCount)
    try parameters.setStepNumber(state.stepNumber)
    learningRateFactor = state.learningRateFactor
    history.steps = state.history.steps
    history.epochs = state.history.epochs
  }

  /// What a run shares with the one that it resumes, in words.
  private var settings: [String: String] {
    func text(_ value: Float?) -> String { value.map { "\($0)" } ?? "none" }
    var settings = [
      "network": network.name, "optimizer": "\(configuration.optimizer)",
      "learning rate": "\(configuration.learningRate)", "schedule": "\(configuration.schedule)",
      "batch size": "\(configuration.batchSize)", "accumulated batches": "\(configuration.accumulation)",
      "clipping": "value \(text(configuration.clipping.value)), norm \(text(configuration.clipping.norm))",
      "label smoothing": "\(configuration.labelSmoothing)",
      "average of weights": text(configuration.averageDecay), "seed": "\(configuration.seed)",
      "shuffling": "\(configuration.shuffles)", "image size": "\(network.inputSize)",
      "list of augmentations": configuration.augmentations.map(\.rawValue).sorted().joined(separator: ", "),
    ]
    if configuration.schedule.dependsOnStepCount { settings["number of steps"] = "\(stepCount)" }
    return settings.merging(dataSettings) { $1 }
  }

  private func requireSame(_ others: [String: String]) throws(TrainingError) {
    let settings = settings
    for name in Set(settings.keys).union(others.keys).sorted() where settings[name] != others[name] {
      throw TrainingError(
        .unsuitableCheckpoint,
        "the run cannot go on with another \(name), \(settings[name] ?? "none") in place of \(others[name] ?? "none"): "
          + "use the same, or start a new run")
    }
  }

  static func settings(
    of dataset: Dataset, _ validation: (any LabeledImages)?, _ normalization: Normalization
  ) -> [String: String] {
    func text(_ images: any LabeledImages) -> String {
      "\(images.count) images, checksum \(String(images.checksum, radix: 16))"
    }
    return [
      "set of validation images": validation.map(text) ?? "none", "set of training images": text(dataset.train),
      "set of test images": text(dataset.test),
      "list of classes": dataset.classNames.joined(separator: ", "),
      "normalization": "means \(normalization.means), deviations \(normalization.standardDeviations)",
    ]
  }

  private static func tensors(_ named: [Parameters.Named]) -> TrainingState.Tensors {
    Dictionary(uniqueKeysWithValues: named.map { ($0.name, (shape: $0.shape, values: $0.values)) })
  }
}
