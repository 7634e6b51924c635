import DeltaCL
import DeltaCLData
import DeltaCLNetworks
import Foundation
import Testing

@Suite struct TrainingTests {
  /// Two classes that one pixel tells apart.
  private func dataset(count: Int = 20) throws -> Dataset {
    func split(_ count: Int) throws -> Split {
      let labels = (0..<count).map { Int32($0 % 2) }
      return try Split(
        count: count, imageRows: 2, imageColumns: 2, channels: 1,
        pixels: labels.flatMap { [UInt8($0) * 255, 9, 100, 50] }, labels: labels)
    }
    return try Dataset(name: "pixels", classNames: ["dark", "bright"], train: split(count), test: split(7))
  }

  private let network = Network(
    name: "tiny", inputSize: 2, inputChannels: 1, classes: 2,
    model: ["flatten": Flatten(), "dense": DenseLayer(outputs: 2)] as Sequential)

  private func configuration(_ change: (inout TrainingConfiguration) -> Void = { _ in }) -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.batchSize = 8
    configuration.learningRate = 0.5
    change(&configuration)
    return configuration
  }

  @Test func eventsCountStepsAndEpochs() throws {
    let trainer = try Trainer(network, dataset(), configuration(), on: Backends.select("reference"))
    var batches: [Int] = []
    var trained: [Int] = []
    var epochs: [Int] = []
    let result = try trainer.run { event in
      switch event {
      case .step(let progress):
        batches.append(progress.batch)
        #expect(progress.batchesPerEpoch == 3)
        #expect(progress.imagesPerSecond > 0 && progress.secondsLeft >= 0)
      case .trained(let epoch):
        // What can be saved before the evaluation, which may fail.
        #expect(epoch.testLoss.isNaN && epoch.testAccuracy.isNaN)
        #expect(trainer.history.epochs.last?.step == epoch.step)
        let checkpoint = try trainer.checkpoint()
        #expect(checkpoint.step == epoch.step)
        trained.append(epoch.step)
      case .epoch(let epoch):
        #expect(epoch.testLoss.isFinite && trained.last == epoch.step)
        epochs.append(epoch.step)
      }
    }
    #expect(batches == Array(repeating: [1, 2, 3], count: 5).flatMap(\.self))
    #expect(epochs == [3, 6, 9, 12, 15])
    #expect(trained == epochs)
    #expect(!result.isStopped)
    let evaluation = try #require(result.evaluation)
    #expect(evaluation.counts == [4, 3])
    #expect(evaluation.accuracy == 1)
    #expect(evaluation.loss == result.history.epochs.last?.testLoss)
    // 20 images in batches of 8: the epoch's means weigh the last batch of 4 by its images.
    let steps = result.history.steps.prefix(3)
    let mean = zip(steps, [8, 8, 4]).reduce(0) { $0 + $1.0.loss * $1.1 } / 20
    #expect(abs(mean - result.history.epochs[0].loss) < 1e-6)
  }

  @Test func stepLimitEndsInsideAnEpoch() throws {
    let trainer = try Trainer(network, dataset(), configuration { $0.maxSteps = 4 }, on: Backends.select("reference"))
    let result = try trainer.run()
    #expect(result.history.steps.map(\.epoch) == [1, 1, 1, 2])
    #expect(result.history.epochs.map(\.step) == [3, 4])
    #expect(result.evaluation != nil)
  }

  @Test func stopRequestEndsAfterTheStep() throws {
    let trainer = try Trainer(network, dataset(), configuration(), on: Backends.select("reference"))
    let result = try trainer.run { event in
      if case .step(let progress) = event, progress.step.step == 2 { trainer.stopRequest.make() }
    }
    #expect(result.isStopped)
    #expect(result.history.steps.count == 2)
    #expect(try trainer.checkpoint().step == 2)
  }

  @Test func errorOfTheHandlerEndsTheRun() throws {
    let trainer = try Trainer(network, dataset(), configuration(), on: Backends.select("reference"))
    #expect(throws: CancellationError.self) { try trainer.run { _ in throw CancellationError() } }
    #expect(trainer.history.steps.count == 1)
  }

  @Test func divergenceIsAnError() throws {
    let trainer = try Trainer(
      network, dataset(), configuration { $0.learningRate = 3e38 }, on: Backends.select("reference"))
    let error = #expect(throws: TrainingError.self) { try trainer.run() }
    #expect(error?.code == .diverged)
    #expect(error?.message.contains("lower the learning rate, which is 3e+38") == true)
    #expect(trainer.history.epochs.isEmpty)
  }

  /// Batch normalisation of a dense layer's results cannot tell the variance of one image.
  @Test(arguments: [
    (21, 5, "21 training images in batches of 5 leave 1", "a batch size of 3 or 6"),
    (21, 20, "batches of 20 leave 1", "a batch size of 19 or 21"), (21, 2, "batches of 2 leave 1", "a batch size of 3"),
    (21, 1, "batches of 1", "a batch size of 3"), (2, 1, "batches of 1", "a batch size of 2"),
    (1, 8, "1 training images", "add training images"),
  ]) func aLastBatchOfOneImage(_ count: Int, _ batchSize: Int, _ what: String, _ cure: String) throws {
    let normalized = Network(
      name: "normalized", inputSize: 2, inputChannels: 1, classes: 2,
      model: ["flatten": Flatten(), "dense": DenseLayer(outputs: 2), "bn": BatchNormalizationLayer()] as Sequential)
    let backend = try Backends.select("reference")
    do {
      _ = try Trainer(normalized, dataset(count: count), configuration { $0.batchSize = batchSize }, on: backend)
      Issue.record("no error was thrown")
    } catch let error as TrainingError {
      #expect(error.code == .invalidConfiguration)
      for word in [what, cure, "network normalized", "layer bn", "at least 2"] {
        #expect(error.message.contains(word), "'\(error)' does not say '\(word)'")
      }
    }
    // What is advised works, and networks without statistics take any batch.
    for number in cure.split(separator: " ").compactMap({ Int($0) }) {
      _ = try Trainer(normalized, dataset(count: count), configuration { $0.batchSize = number }, on: backend)
    }
    _ = try Trainer(network, dataset(count: count), configuration { $0.batchSize = batchSize }, on: backend)
  }

  @Test func batchLargerThanTheDataSetIsTheDataSet() throws {
    let trainer = try Trainer(
      network, dataset(), configuration { $0.batchSize = 1 << 40 }, on: Backends.select("reference"))
    #expect(trainer.batchesPerEpoch == 1)
    #expect(try trainer.run().history.steps.count == 5)
  }

  @Test func dataSetOfMoreClassesIsAnError() throws {
    let digits = try Dataset.load("digits")
    let error = #expect(throws: TrainingError.self) {
      try Trainer(network, digits, configuration(), on: Backends.select("reference"))
    }
    #expect(error?.code == .unsuitableDataset)
  }

  /// Colour images that are not square: the trainer measures grey and the network gets the middle.
  @Test func imagesTakeTheNetworksForm() throws {
    func split(_ count: Int) throws -> Split {
      var pixels: [UInt8] = []
      for index in 0..<count {
        for column in (0..<4).flatMap({ _ in 0..<8 }) {
          let isMiddle = (2..<6).contains(column)
          pixels += [isMiddle ? UInt8(7 + 200 * (index % 2)) : 107, 7, 7]
        }
      }
      return try Split(
        count: count, imageRows: 4, imageColumns: 8, channels: 3, pixels: pixels,
        labels: (0..<count).map { Int32($0 % 2) })
    }
    let dataset = try Dataset(name: "stripes", classNames: ["dark", "bright"], train: split(20), test: split(6))
    var configuration = configuration()
    configuration.augmentations = [.flip]
    let trainer = try Trainer(network, dataset, configuration, on: Backends.select("reference"))
    #expect(trainer.normalization == (try Normalization(measuring: dataset.train, channels: 1)))
    #expect(try trainer.run().evaluation?.accuracy == 1)
  }

  @Test func checkpointsKeepFiguresByChannel() throws {
    let network = Network(
      name: "tiny", inputSize: 1, inputChannels: 3, classes: 2,
      model: ["flatten": Flatten(), "dense": DenseLayer(outputs: 2)] as Sequential)
    let parameters = try Parameters(network, seed: 1, on: Backends.select("reference"))
    let normalization = try Normalization(means: [0.1, 0.2, 1 / 3], standardDeviations: [1, 0.5, 0.7])
    let validation = try ValidationSplit(share: 0.15, seed: .max)
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("checkpoint-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    func read(_ change: (inout [String: String]) -> Void = { _ in }) throws -> Checkpoint {
      var file = try Checkpoint(
        network, parameters, classNames: ["a", "b"], datasetName: "none", normalization: normalization, epoch: 1,
        step: 1, validation: validation
      ).safetensors()
      change(&file.metadata)
      try file.write(to: path)
      return try Checkpoint(contentsOf: path)
    }
    let checkpoint = try read()
    #expect(checkpoint.normalization == normalization && checkpoint.validation == validation)
    // Files of earlier versions have one figure for all channels and no parts.
    let old = try read {
      $0["normalization_mean"] = "0.25"
      $0["normalization_standard_deviation"] = "0.5"
      $0["validation_split"] = nil
    }
    #expect(old.normalization == Normalization(mean: 0.25, standardDeviation: 0.5) && old.validation == nil)
    for (key, value) in [
      ("normalization_mean", "0.1,0.2"), ("normalization_mean", ""), ("normalization_mean", "0.1,,0.3"),
      ("normalization_standard_deviation", "1,0,1"), ("normalization_standard_deviation", "1"),
      ("validation_split", "2"), ("validation_seed", "-1"),
    ] {
      let error = #expect(throws: TrainingError.self) { try read { $0[key] = value } }
      #expect(error?.code == .malformedModel && error?.message.contains("impossible '\(key)'") == true)
    }
  }

  @Test func historyIsJSONLinesInOrder() throws {
    var history = TrainingHistory()
    for step in 1...3 { history.steps.append(.init(epoch: (step + 1) / 2, step: step, loss: 1e-10, accuracy: 0.5)) }
    for (epoch, step) in [(1, 2), (2, 3)] {
      history.epochs.append(
        .init(epoch: epoch, step: step, loss: 2, accuracy: 1, testLoss: .infinity, testAccuracy: .nan, seconds: 3))
    }
    let lines = history.jsonLines.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.last == "")
    let kinds = try lines.dropLast().map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["kind"] as? String
    }
    #expect(kinds == ["step", "step", "epoch", "step", "epoch"])
    #expect(lines[2].contains(#""testLoss":null,"testAccuracy":null"#))
  }

  @Test(arguments: [0, 1, 2, 5000]) func curvesAreDrawnForAnyNumberOfSteps(_ count: Int) throws {
    var history = TrainingHistory()
    for step in 1..<count + 1 {
      history.steps.append(
        .init(epoch: 1, step: step, loss: step == 3 ? .nan : 100 / Float(step), accuracy: Float(step) / Float(count)))
    }
    if count > 0 {
      history.epochs.append(
        .init(epoch: 1, step: count, loss: 1, accuracy: 1, testLoss: 0.02, testAccuracy: 0.5, seconds: 1))
    }
    let svg = CurvesSVG(history, title: "a <b> & \"c\"").text
    #expect(svg.contains("a &lt;b&gt; &amp; &quot;c&quot;"))
    #expect(!svg.contains("nan") && !svg.contains("inf"))
    #expect(svg.utf8.count < 100_000)
    #expect(svg.contains("<polyline") == (count > 1))
  }
}
