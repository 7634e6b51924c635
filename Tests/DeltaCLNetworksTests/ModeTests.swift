import DeltaCL
import DeltaCLData
import Foundation
import Testing

@testable import DeltaCLNetworks

/// What is different in training and in inference.
@Suite struct ModeTests {
  private func example(_ name: String) throws -> TestNetwork {
    try #require(TestNetwork.all.first { $0.network.name == name })
  }

  @Test func statisticsAreNoParameters() throws {
    let network = try example("batch normalization").network
    let parameters = try Parameters(network, seed: 1, on: ReferenceBackend())
    #expect(
      parameters.names == [
        "conv1.weight", "bn1.weight", "bn1.bias", "block.conv.weight", "block.bn.weight", "block.bn.bias",
        "dense.weight", "dense.bias",
      ])
    #expect(
      parameters.statisticNames == [
        "bn1.running_mean", "bn1.running_var", "block.bn.running_mean", "block.bn.running_var",
      ])
    #expect(try parameters.values(of: "bn1.running_mean") == [0, 0, 0])
    #expect(try parameters.values(of: "bn1.running_var") == [1, 1, 1])
    #expect(try parameters.values(of: "bn1.weight") == [1, 1, 1])
    #expect(parameters.count == 3 * 9 * 2 + 6 + 9 + 6 + 9 + 3)
    #expect(try parameters.all().map(\.name) == parameters.names + parameters.statisticNames)
    #expect(try parameters.optimizerState().isEmpty)
    _ = try TrainingStep(network, parameters, batch: 2, optimizer: Adam())
    let state = try parameters.optimizerState()
    #expect(state.keys.sorted() == ["firstMoment", "secondMoment"])
    #expect(state.values.allSatisfy { $0.map(\.name) == parameters.names })
  }

  /// With a momentum of a half twice the same batch leaves three quarters of its statistics; weight decay leaves them alone.
  @Test func runningStatisticsFollowTheBatches() throws {
    let network = Network(
      name: "normalization", inputSize: 2, inputChannels: 1, classes: 4,
      model: ["bn": BatchNormalizationLayer(momentum: 0.5), "flatten": Flatten()] as Sequential)
    let parameters = try Parameters(network, seed: 1, on: ReferenceBackend())
    let step = try TrainingStep(network, parameters, batch: 1, optimizer: SGD(weightDecay: 0.5))
    for _ in 1...2 { try step.run(images: [1, 2, 3, 6], labels: [0]) }
    #expect(try parameters.values(of: "bn.running_mean") == [2.25])
    let variance: Float = 14 / 3
    #expect(try abs(parameters.values(of: "bn.running_var")[0] - (0.25 + 0.75 * variance)) < 1e-6)

    try parameters.load([
      "bn.weight": ([1], [2]), "bn.bias": ([1], [1]), "bn.running_mean": ([1], [3]), "bn.running_var": ([1], [4]),
    ])
    let inference = try InferenceStep(network, parameters, batch: 1)
    try inference.run(images: [1, 2, 3, 6])
    for (logit, expected) in try zip(inference.logits(), [-1, 0, 1, 4] as [Float]) {
      #expect(abs(logit - expected) < 1e-4)
    }
    #expect(try parameters.values(of: "bn.running_mean") == [3])
  }

  @Test func checkpointsHoldStatistics() throws {
    let example = try example("batch normalization")
    let parameters = try Parameters(example.network, seed: 1, on: ReferenceBackend())
    try example.run(TrainingStep(example.network, parameters, batch: example.batch))
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("checkpoint-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("model.safetensors").path
    let normalization = Normalization(mean: 0, standardDeviation: 1)
    try Checkpoint(
      example.network, parameters, classNames: ["a", "b", "c"], datasetName: "none", normalization: normalization,
      epoch: 1, step: 1
    ).write(to: path)
    let loaded = try Checkpoint(contentsOf: path).parameters(of: example.network, on: ReferenceBackend())
    #expect(try loaded.values(of: "bn1.running_mean") != [0, 0, 0])
    #expect(try loaded.all().map(\.values) == parameters.all().map(\.values))
  }

  @Test func aBatchWithoutVarianceNamesTheLayer() throws {
    let network = Network(
      name: "narrow", inputSize: 1, inputChannels: 2, classes: 2,
      model: ["bn": BatchNormalizationLayer(), "flatten": Flatten()] as Sequential)
    let parameters = try Parameters(network, seed: 1, on: ReferenceBackend())
    let error = #expect(throws: NetworkError.self) { try TrainingStep(network, parameters, batch: 1) }
    #expect(
      error?.message.hasPrefix(
        "layer bn, whose input is [1, 1, 1, 2]: batch normalization: training needs at least 2 values") == true)
    let inference = try InferenceStep(network, parameters, batch: 1)
    try inference.run(images: [1, 2])
    #expect(try inference.logits().allSatisfy(\.isFinite))
  }

  @Test func dropoutDrawsAnewInEachStep() throws {
    let network = Network(
      name: "dropout", inputSize: 8, inputChannels: 1, classes: 64,
      model: ["drop": DropoutLayer(), "flatten": Flatten(), "dense": DenseLayer(outputs: 64)] as Sequential)
    func gradients(seed: UInt64, dropout: Bool = true) throws -> [[Float]] {
      let parameters = try Parameters(network, seed: seed, on: Backends.select("cpu"))
      let step = try TrainingStep(network, parameters, batch: 1, dropout: dropout)
      step.learningRate = 0
      return try (0..<2).map { _ in
        try step.run(images: [Float](repeating: 1, count: 64), labels: [3])
        return try Array(step.gradient(of: "dense.weight").prefix(64))
      }
    }
    let first = try gradients(seed: 1)
    let dropped = first.map { $0.map { $0 == 0 } }
    #expect(dropped[0] != dropped[1])
    #expect((10...54).contains(dropped[0].count { $0 }))
    #expect(try gradients(seed: 1) == first)
    #expect(try gradients(seed: 2).map { $0.map { $0 == 0 } } != dropped)
    let whole = try gradients(seed: 1, dropout: false)
    #expect(whole[0] == whole[1] && !whole[0].contains(0))
  }

  @Test func theStepNumberCanBeSet() throws {
    let example = try example("relu6 and dropout")
    let parameters = try Parameters(example.network, seed: 1, on: Backends.select("cpu"))
    let step = try TrainingStep(example.network, parameters, batch: example.batch)
    step.learningRate = 0
    func loss() throws -> Float {
      try example.run(step)
      return try step.loss()
    }
    let losses = try [loss(), loss(), loss()]
    #expect(try parameters.stepNumber() == 3)
    try parameters.setStepNumber(1)
    #expect(try loss() == losses[1])
  }

  @Test func aStatisticMustBeAStatistic() throws {
    var graph = Graph()
    let x = graph.add("x", [4, 1], role: .input)
    let c = graph.add("c", [1], role: .input)
    let operation = TensorOperation.batchNormalization(try BatchNormalization(rows: 4, channels: 1))
    let error = #expect(throws: NetworkError.self) { try graph.append(operation, [x, c, c, c, c], label: "bn") }
    #expect(error?.message == "bn: batch-normalization would update runningMean, which must be a statistic")
  }
}
