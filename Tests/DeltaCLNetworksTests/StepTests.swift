import DeltaCL
import Foundation
import OpenCL
import Testing

@testable import DeltaCLNetworks

/// Steps on the reference backend and on an OpenCL CPU device.
@Suite(.serialized) struct StepTests {
  static let selections = ["reference", "cpu"]

  /// Differences of sums in another order: relative to the largest value, as single terms may cancel.
  private func expectClose(_ values: [Float], _ expected: [Float], tolerance: Float = 2e-5, _ what: String) {
    let scale = expected.reduce(Float(1e-3)) { max($0, abs($1)) }
    #expect(values.count == expected.count)
    for (index, (value, other)) in zip(values, expected).enumerated() {
      #expect(abs(value - other) <= tolerance * scale, "\(what)[\(index)]: \(value) against \(other)")
    }
  }

  @Test(arguments: TestNetwork.all + [TestNetwork(.leNet(classes: 10), batch: 2)])
  func anOpenCLDeviceAgreesWithTheReference(example: TestNetwork) throws {
    let optimizer = SGD(momentum: 0.9, weightDecay: 1e-3, nesterov: true)
    let (device, oracle) = try (
      Parameters(example.network, seed: 5, on: Backends.select("cpu")),
      Parameters(example.network, seed: 5, on: ReferenceBackend())
    )
    let (deviceStep, oracleStep) = try (
      TrainingStep(example.network, device, batch: example.batch, loss: example.loss, optimizer: optimizer),
      TrainingStep(example.network, oracle, batch: example.batch, loss: example.loss, optimizer: optimizer)
    )
    for seed in 1...3 {
      try example.run(deviceStep, seed: UInt64(seed))
      try example.run(oracleStep, seed: UInt64(seed))
      let (loss, expected) = try (deviceStep.loss(), oracleStep.loss())
      #expect(abs(loss - expected) <= 1e-5 * abs(expected))
      if example.loss == .softmaxCrossEntropy {
        #expect(try deviceStep.correctCount() == oracleStep.correctCount())
      }
      for name in device.names {
        try expectClose(deviceStep.gradient(of: name), oracleStep.gradient(of: name), "gradient of \(name)")
        try expectClose(device.values(of: name), oracle.values(of: name), name)
      }
    }
  }

  @Test(arguments: selections)
  func aStepRepeatedFromTheSameStateIsBitwiseEqual(selection: String) throws {
    let example = TestNetwork.all[3]
    let parameters = try Parameters(example.network, seed: 5, on: Backends.select(selection))
    let step = try TrainingStep(
      example.network, parameters, batch: example.batch, optimizer: SGD(momentum: 0.9, weightDecay: 1e-3))
    func tensors(_ named: [Parameters.Named]) -> [String: (shape: Shape, values: [Float])] {
      Dictionary(uniqueKeysWithValues: named.map { ($0.name, (shape: $0.shape, values: $0.values)) })
    }
    func bits(_ named: [Parameters.Named]) -> [UInt32] { named.flatMap { $0.values.map(\.bitPattern) } }

    try example.run(step, seed: 1)
    let values = try tensors(parameters.all())
    let state = try parameters.optimizerState()
    var results: [[UInt32]] = []
    for _ in 0..<2 {
      try parameters.load(values)
      try parameters.loadOptimizerState(state.mapValues(tensors))
      try example.run(step, seed: 2)
      results.append(
        try [step.loss().bitPattern] + bits(parameters.all()) + bits(parameters.optimizerState()["velocity"] ?? []))
      try example.run(step, seed: 3)
    }
    #expect(results[0] == results[1])
    #expect(try parameters.values(of: "dense.weight") != values["dense.weight"]?.values)
  }

  /// The step for full batches and the one for the last short batch continue each other's velocities.
  @Test(arguments: selections)
  func stepsForTwoBatchSizesShareTheirState(selection: String) throws {
    let example = TestNetwork.all[0]
    let parameters = try Parameters(example.network, seed: 5, on: Backends.select(selection))
    let optimizer = SGD(momentum: 0.5)
    let full = try TrainingStep(example.network, parameters, batch: 4, optimizer: optimizer)
    let short = try TrainingStep(example.network, parameters, batch: 3, optimizer: optimizer)
    full.learningRate = 0.25
    short.learningRate = 0.125
    let start = try parameters.values(of: "conv1.weight")
    try full.run(images: example.images(batch: 4), labels: example.classLabels(batch: 4))
    let first = try full.gradient(of: "conv1.weight")
    try short.run(images: example.images(seed: 2), labels: example.classLabels(seed: 2))
    let second = try short.gradient(of: "conv1.weight")
    let expected = zip(start, zip(first, second)).map { $0 - 0.25 * $1.0 - 0.125 * (0.5 * $1.0 + $1.1) }
    try expectClose(parameters.values(of: "conv1.weight"), expected, tolerance: 1e-6, "conv1.weight")
  }

  @Test(arguments: selections)
  func stepsReduceTheLoss(selection: String) throws {
    let example = TestNetwork.all[0]
    let parameters = try Parameters(example.network, seed: 5, on: Backends.select(selection))
    let step = try TrainingStep(example.network, parameters, batch: 3, optimizer: SGD(momentum: 0.9))
    step.learningRate = 0.05
    try example.run(step)
    let first = try step.loss()
    for _ in 0..<60 { try example.run(step) }
    #expect(try step.loss() < 0.05)
    #expect(first > 0.5)
    #expect(try step.correctCount() == 3)
  }

  @Test(arguments: selections)
  func inferenceGivesLogitsAndProbabilities(selection: String) throws {
    let example = TestNetwork.all[3]
    let backend = try Backends.select(selection)
    let parameters = try Parameters(example.network, seed: 5, on: backend)
    let inference = try InferenceStep(example.network, parameters, batch: 3)
    #expect(inference.outputShape == [3, 3])
    try inference.run(images: example.images())
    let logits = try inference.logits()
    let probabilities = try inference.probabilities()
    for row in 0..<3 {
      let sum = probabilities[3 * row..<3 * row + 3].reduce(0, +)
      #expect(abs(sum - 1) < 1e-6)
    }

    // The cross-entropy of these probabilities is the training step's loss before its update.
    let labels = example.classLabels()
    let step = try TrainingStep(example.network, parameters, batch: 3)
    try step.run(images: example.images(), labels: labels)
    let entropy = labels.enumerated().reduce(Float(0)) { $0 - log(probabilities[3 * $1.offset + Int($1.element)]) / 3 }
    #expect(abs(try step.loss() - entropy) < 1e-5)

    try inference.run(images: example.images())
    #expect(try inference.logits() != logits, "inference must see the updated parameters")
  }

  @Test(arguments: selections)
  func hostMemoryAndArraysAreTheSame(selection: String) throws {
    let example = TestNetwork.all[0]
    let parameters = try Parameters(example.network, seed: 5, on: Backends.select(selection))
    let step = try TrainingStep(example.network, parameters, batch: 3)
    step.learningRate = 0
    let (images, labels) = try (HostMemory(byteCount: 3 * 7 * 6 * 2 * 4), HostMemory(byteCount: 3 * 4))
    images.withUnsafeMutableBytes {
      $0.copyBytes(from: example.images().flatMap { withUnsafeBytes(of: $0, Array.init) })
    }
    labels.withUnsafeMutableBytes {
      $0.copyBytes(from: example.classLabels().flatMap { withUnsafeBytes(of: $0, Array.init) })
    }
    try step.run(images: images, labels: labels)
    let loss = try step.loss()
    try example.run(step)
    #expect(try step.loss() == loss)
    let inference = try InferenceStep(example.network, parameters, batch: 3)
    try inference.run(images: images)
    let logits = try inference.logits()
    try inference.run(images: example.images())
    #expect(try inference.logits() == logits)
  }

  @Test func wrongBatchesAndLearningRatesAreRefused() throws {
    let example = TestNetwork.all[0]
    let parameters = try Parameters(example.network, seed: 5, on: ReferenceBackend())
    let step = try TrainingStep(example.network, parameters, batch: 3)
    let (images, labels) = (example.images(), example.classLabels())
    let error = #expect(throws: NetworkError.self) { try step.run(images: images.dropLast(), labels: labels) }
    #expect(error?.message == "images of shape [3, 7, 6, 2] need 252 values, not 251")
    #expect(throws: NetworkError.self) { try step.run(images: images, labels: [0, 1]) }
    let small = try HostMemory(byteCount: 8)
    #expect(throws: NetworkError.self) { try step.run(images: small, labels: small) }
    #expect(throws: NetworkError.self) {
      try InferenceStep(example.network, parameters, batch: 2).run(images: images)
    }
    for rate in [Float.nan, .infinity, -1] {
      step.learningRate = rate
      #expect(throws: NetworkError.self) { try step.run(images: images, labels: labels) }
    }
    step.learningRate = 0.1
    try step.run(images: images, labels: labels)
    #expect(try step.loss().isFinite)
  }

  @Test func lossesWithoutClassesCountNothing() throws {
    let example = TestNetwork.all[4]
    let parameters = try Parameters(example.network, seed: 5, on: ReferenceBackend())
    let step = try TrainingStep(example.network, parameters, batch: 3, loss: .meanSquaredError)
    try example.run(step)
    #expect(throws: NetworkError.self) { try step.correctCount() }
  }

  @Test(
    arguments: [
      SGD(momentum: -0.1), SGD(momentum: .nan), SGD(weightDecay: -1), SGD(nesterov: true), Adam(beta1: 1),
      RMSprop(epsilon: 0), Lion(beta2: -1),
    ] as [any Optimizer])
  func impossibleOptimizersAreRefused(optimizer: any Optimizer) throws {
    let parameters = try Parameters(TestNetwork.all[0].network, seed: 5, on: ReferenceBackend())
    #expect(throws: DeltaCLError.self) {
      try TrainingStep(TestNetwork.all[0].network, parameters, batch: 3, optimizer: optimizer)
    }
  }

  @Test func aNetworkWithoutParametersRuns() throws {
    let network = Network(
      name: "fixed", inputSize: 1, inputChannels: 2, classes: 2,
      model: ["flatten": Flatten(), "relu": ReLU()] as Sequential)
    let parameters = try Parameters(network, seed: 1, on: ReferenceBackend())
    let step = try TrainingStep(network, parameters, batch: 1)
    try step.run(images: [3, 1], labels: [0])
    #expect(try step.correctCount() == 1)
  }
}
