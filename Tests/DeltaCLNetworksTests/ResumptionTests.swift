import DeltaCL
import DeltaCLData
import Foundation
import Testing

@testable import DeltaCLNetworks

/// Trainings that are stopped and go on in another trainer.
@Suite(.serialized) struct ResumptionTests {
  /// 22 images of two classes that one pixel tells apart, with noise.
  private func dataset(pixel: UInt8 = 9) throws -> Dataset {
    func split(_ count: Int) throws -> Split {
      let labels = (0..<count).map { Int32($0 % 2) }
      let pixels = (0..<UInt8(count)).flatMap { index -> [UInt8] in
        [index % 2 * 200 + 20, pixel, index * 11, index * 7]
      }
      return try Split(count: count, imageRows: 2, imageColumns: 2, channels: 1, pixels: pixels, labels: labels)
    }
    return try Dataset(
      name: "pixels", classNames: ["dark", "bright"], train: split(22), test: split(7),
      normalization: Normalization(mean: 0.5, standardDeviation: 0.3))
  }

  /// Running statistics and dropout have a state too.
  private let network = Network(
    name: "tiny", inputSize: 2, inputChannels: 1, classes: 2,
    model: [
      "conv": Convolution2D(outputChannels: 3, kernelSize: 2, padding: 1, bias: false),
      "bn": BatchNormalizationLayer(), "relu": ReLU(), "flatten": Flatten(), "drop": DropoutLayer(),
      "dense": DenseLayer(outputs: 2),
    ] as Sequential)

  /// Three epochs of three steps, of two batches of 5 images, the last one of 2.
  private func configuration(_ change: (inout TrainingConfiguration) -> Void = { _ in }) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.epochs = 3
    configuration.batchSize = 5
    configuration.accumulation = 2
    configuration.optimizer = AdamW()
    configuration.learningRate = 0.05
    configuration.schedule = LearningRateSchedule(.cosine, warmupSteps: 2)
    configuration.clipping.norm = 1
    configuration.averageDecay = 0.9
    change(&configuration)
    return configuration
  }

  private func makeTrainer(
    _ configuration: TrainingConfiguration? = nil, pixel: UInt8 = 9, on selection: String = "reference"
  ) throws -> Trainer {
    try Trainer(
      network, dataset(pixel: pixel), configuration ?? self.configuration(), on: Backends.select(selection))
  }

  /// All that a run leaves, but the time that it took.
  private func outcome(_ trainer: Trainer) throws -> [String] {
    var history = trainer.history
    history.epochs = history.epochs.map {
      TrainingHistory.Epoch(
        epoch: $0.epoch, step: $0.step, loss: $0.loss, accuracy: $0.accuracy, testLoss: $0.testLoss,
        testAccuracy: $0.testAccuracy, seconds: 0)
    }
    let tensors = try trainer.resumableCheckpoint().safetensors().tensors
      .filter { !$0.key.hasPrefix("training/history/") }.map { "\($0.key) \($0.value.bytes)" }
    return tensors.sorted() + [history.jsonLines]
  }

  /// A checkpoint through a file's bytes.
  private func copied(_ checkpoint: Checkpoint) throws -> Checkpoint {
    let bytes = try checkpoint.safetensors().parts(name: "checkpoint").joined()
    return try Checkpoint(Safetensors(bytes: Array(bytes)), path: "checkpoint")
  }

  @Test(arguments: ["reference", "cpu"]) func aRunThatIsStoppedAnywhereEndsTheSame(selection: String) throws {
    let whole = try makeTrainer(on: selection)
    #expect(try whole.run().history.steps.count == 9)
    let expected = try outcome(whole)
    for step in 1...8 {
      let first = try makeTrainer(on: selection)
      _ = try first.run { event in
        if case .step(let progress) = event, progress.step.step == step { first.stopRequest.make() }
      }
      let second = try makeTrainer(on: selection)
      try second.resume(from: copied(first.resumableCheckpoint()))
      let result = try second.run()
      #expect(result.evaluation != nil)
      #expect(try outcome(second) == expected, "after step \(step)")
    }
  }

  /// The state that is saved before an evaluation leads to the same evaluation.
  @Test func anEpochThatIsNotEvaluatedIsEvaluatedFirst() throws {
    var saved: Checkpoint?
    let whole = try makeTrainer()
    _ = try whole.run { event in
      if case .trained(let epoch) = event, epoch.epoch == 2 { saved = try whole.resumableCheckpoint() }
    }
    let second = try makeTrainer()
    try second.resume(from: copied(#require(saved)))
    var events: [String] = []
    _ = try second.run { event in
      switch event {
      case .step: events.append("step")
      case .trained: events.append("trained")
      case .epoch: events.append("epoch")
      }
    }
    #expect(events == ["epoch", "step", "step", "step", "trained", "epoch"])
    #expect(try outcome(second) == outcome(whole))
  }

  @Test func stateGoesFromOneBackendToAnother() throws {
    let first = try makeTrainer(
      configuration {
        $0.maxSteps = 4; $0.schedule.form = .constant
      }, on: "cpu")
    try first.run()
    let second = try makeTrainer(configuration { $0.schedule.form = .constant })
    try second.resume(from: copied(first.resumableCheckpoint()))
    // The history of 4 steps has an epoch that the limit has cut short.
    #expect(try second.run().history.steps.count == 9)
    #expect(second.history.epochs.map(\.step) == [3, 4, 6, 9])
    let state = try second.parameters.optimizerState()
    #expect(state.keys.sorted() == ["firstMoment", "secondMoment"])
    #expect(try second.parameters.updateCount() == 9)
  }

  @Test func whatDiffersIsNamed() throws {
    let first = try makeTrainer(
      configuration {
        $0.maxSteps = 2; $0.schedule.form = .constant; $0.schedule.warmupSteps = 0
      })
    try first.run()
    let checkpoint = try first.resumableCheckpoint()
    for (words, change) in [
      ("another batch size, 4 in place of 5", { $0.batchSize = 4 }),
      ("another optimizer, adam, betas 0.9 and 0.999", { $0.optimizer = Adam() }),
      ("another learning rate, 0.1 in place of 0.05", { $0.learningRate = 0.1 }),
      ("another seed, 2 in place of 1", { $0.seed = 2 }), ("another clipping", { $0.clipping.value = 1 }),
      ("another average of weights, none in place of 0.9", { $0.averageDecay = nil }),
      ("another number of steps, 9 in place of none", { $0.schedule.form = .cosine }),
      ("another shuffling", { $0.shuffles = false }), ("another accumulated batches", { $0.accumulation = 3 }),
      ("has made 2 steps, more than the 1", { $0.maxSteps = 1 }),
    ] as [(String, (inout TrainingConfiguration) -> Void)] {
      let trainer = try makeTrainer(
        configuration {
          $0.schedule.form = .constant
          $0.schedule.warmupSteps = 0
          change(&$0)
        })
      let error = #expect(throws: TrainingError.self) { try trainer.resume(from: checkpoint) }
      #expect(error?.code == .unsuitableCheckpoint)
      #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    }
    let plain = configuration {
      $0.schedule.form = .constant; $0.schedule.warmupSteps = 0
    }
    let other = #expect(throws: TrainingError.self) { try makeTrainer(plain, pixel: 8).resume(from: checkpoint) }
    #expect(other?.message.contains("another set of test images, 7 images, checksum") == true)
    let model = #expect(throws: TrainingError.self) { try makeTrainer(plain).resume(from: first.checkpoint()) }
    #expect(model?.message.contains("is a model without a training") == true)
  }

  @Test func damagedStatesAreRefused() throws {
    let trainer = try makeTrainer(
      configuration {
        $0.maxSteps = 4; $0.schedule.form = .constant
      })
    try trainer.run()
    let file = try trainer.resumableCheckpoint().safetensors()
    func expectError(_ words: String, _ change: (inout Safetensors) throws -> Void) throws {
      var damaged = file
      try change(&damaged)
      let error = #expect(throws: TrainingError.self) { try Checkpoint(damaged, path: "x.safetensors") }
      #expect(error?.message.hasPrefix("x.safetensors: ") == true)
      #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    }
    try expectError("format 2") { $0.metadata["training_version"] = "2" }
    try expectError("impossible 'training_settings'") { $0.metadata["training_settings"] = "[]" }
    try expectError("lacks 'training_updates'") { $0.metadata["training_updates"] = nil }
    try expectError("impossible 'training_updates'") { $0.metadata["training_updates"] = "-1" }
    try expectError("history/step/loss is missing") { $0.tensors["training/history/step/loss"] = nil }
    try expectError("history/step/loss has the shape [3]") {
      $0.tensors["training/history/step/loss"] = try .init(floats: [1, 2, 3], shape: [3])
    }
    try expectError("step 2 of its history is impossible") {
      $0.tensors["training/history/step/loss"] = try .init(floats: [1, .nan, 3, 4], shape: [4])
    }
    try expectError("epoch 2 of its history is impossible") {
      $0.tensors["training/history/epoch/step"] = try .init(int32s: [3, 5], shape: [2])
    }
    try expectError("unknown tensor training/x") { $0.tensors["training/x"] = try .init(floats: [1], shape: [1]) }
    try expectError("values that are not finite") {
      $0.tensors["training/optimizer/firstMoment/dense.bias"] = try .init(floats: [1, .infinity], shape: [2])
    }
    // A state of another network is found when it is loaded.
    var other = file
    other.tensors["training/optimizer/firstMoment/dense.bias"] = nil
    let error = #expect(throws: NetworkError.self) {
      try makeTrainer(configuration { $0.schedule.form = .constant }).resume(from: Checkpoint(other, path: "x"))
    }
    #expect(error?.message.contains("dense.bias is missing") == true)
  }

  /// A quarter of each class, which is evaluated in place of the test images.
  @Test func validationImagesAreSetApart() throws {
    let configuration = configuration {
      $0.validationShare = 0.25; $0.epochs = 2
    }
    let trainer = try makeTrainer(configuration)
    let validation = try #require(trainer.validation)
    #expect((0..<validation.count).map(validation.label).sorted() == [0, 0, 0, 1, 1, 1])
    #expect(trainer.dataset.train.count == 16)
    func pixels(_ images: any LabeledImages) throws -> [[UInt8]] {
      try (0..<images.count).map { try images.image(at: $0).pixels }
    }
    #expect(try Set(pixels(validation) + pixels(trainer.dataset.train)) == Set(pixels(dataset().train)))
    let result = try trainer.run()
    #expect(result.evaluation?.counts == [3, 3])
    #expect(result.history.jsonLines.contains("\"validationLoss\":"))
    #expect(try makeTrainer(configuration).validation?.checksum == validation.checksum)
    #expect(
      try makeTrainer(
        self.configuration {
          $0.validationShare = 0.25; $0.seed = 2
        }
      ).validation?.checksum != validation.checksum)
    for (share, words) in [(0.01, "takes 0 of 22 training images: choose a greater"), (0.99, "choose a smaller")] {
      let error = #expect(throws: TrainingError.self) {
        try makeTrainer(self.configuration { $0.validationShare = share })
      }
      #expect(error?.message.contains(words) == true)
    }
  }

  @Test func patienceEndsARun() throws {
    let trainer = try makeTrainer(
      configuration {
        $0.epochs = 50
        $0.patience = 2
        $0.averageDecay = nil
        $0.schedule = LearningRateSchedule()
        $0.learningRate = 1e-30
      })
    let result = try trainer.run()
    // Nothing is better than the first epoch.
    #expect(result.evaluation != nil && result.history.epochs.map(\.epoch) == [1, 2, 3])
    #expect(result.history.bestEpoch?.epoch == 1)
    #expect(try trainer.run().history.epochs.count == 3)
  }

  @Test func handlersChangeTheLearningRate() throws {
    let trainer = try makeTrainer(
      configuration {
        $0.optimizer = SGD(); $0.averageDecay = nil
      })
    var weights: [[Float]] = []
    try trainer.run { event in
      guard case .step = event else { return }
      trainer.learningRateFactor = 0
      weights.append(try trainer.parameters.values(of: "dense.weight"))
    }
    #expect(Set(weights).count == 1)
    #expect(try weights[0] != Parameters(network, seed: 1, on: ReferenceBackend()).values(of: "dense.weight"))
    #expect(try trainer.resumableCheckpoint().training?.learningRateFactor == 0)
  }

  /// With averages the model is not what is trained.
  @Test func averagesAreTheModel() throws {
    let trainer = try makeTrainer()
    try trainer.run()
    let (model, last) = try (trainer.checkpoint().tensors, trainer.resumableCheckpoint())
    #expect(model["dense.weight"]?.values != last.tensors["dense.weight"]?.values)
    #expect(model["dense.weight"]?.values == last.training?.averages["dense.weight"]?.values)
    #expect(model["bn.running_mean"]?.values == last.training?.averages["bn.running_mean"]?.values)
  }

  /// Batches of 5 whose gradients are averaged are one of 10, but for rounding, where nothing depends on the batch.
  @Test func accumulatedBatchesAreALargerOne() throws {
    let plain = Network(
      name: "plain", inputSize: 2, inputChannels: 1, classes: 2,
      model: ["flatten": Flatten(), "dense": DenseLayer(outputs: 2)] as Sequential)
    func weights(batchSize: Int, accumulation: Int) throws -> [Float] {
      let configuration = configuration {
        $0.optimizer = SGD(momentum: 0.9)
        $0.averageDecay = nil
        $0.batchSize = batchSize
        $0.accumulation = accumulation
        $0.maxSteps = 2
        $0.schedule = LearningRateSchedule()
      }
      let trainer = try Trainer(plain, dataset(), configuration, on: ReferenceBackend())
      #expect(trainer.stepsPerEpoch == 3)
      try trainer.run()
      return try trainer.parameters.values(of: "dense.weight")
    }
    for (one, other) in try zip(weights(batchSize: 10, accumulation: 1), weights(batchSize: 5, accumulation: 2)) {
      #expect(abs(one - other) < 1e-6)
    }
  }
}
