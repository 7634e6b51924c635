import DeltaCL
import DeltaCLData
import Testing

@testable import DeltaCLNetworks

@Suite struct EvaluatorTests {
  /// A backend that has no room for storages of more than a number of elements.
  private final class SmallBackend: Backend {
    private let backend = ReferenceBackend()
    private let limit: Int

    init(limit: Int) {
      self.limit = limit
    }

    var selector: String { backend.selector }
    var storageAlignment: Int { backend.storageAlignment }
    var description: String { backend.description }

    func allocate(_ elementType: ElementType, count: Int) throws -> any Storage {
      guard count <= limit else { throw DeltaCLError(.outOfMemory, "\(count) elements are more than \(limit)") }
      return try backend.allocate(elementType, count: count)
    }

    func plan(for operation: TensorOperation) throws -> any Plan { try backend.plan(for: operation) }
    func finish() { backend.finish() }
  }

  private let network = Network(
    name: "tiny", inputSize: 4, inputChannels: 1, classes: 2,
    model: ["flatten": Flatten(), "dense": DenseLayer(outputs: 2)] as Sequential)

  private func split(_ count: Int) throws -> Split {
    let labels = (0..<count).map { Int32($0 % 2) }
    return try Split(
      count: count, imageRows: 4, imageColumns: 4, channels: 1,
      pixels: (0..<count * 16).map { UInt8($0 * 7 % 251) }, labels: labels)
  }

  @Test(arguments: Network.names) func batchesOfEveryNetworkFit(_ name: String) throws {
    let network = try Network.named(name, classes: 1000)
    let elements = try network.inferenceElementCount()
    #expect(elements > network.inputShape(batch: 1).elementCount)
    // What one image takes, times the batch, must be a storage that can be.
    let batch = max(1, min(250, Evaluator.elementLimit / elements))
    #expect(batch * elements <= Shape.maximumElementCount)
    if name == "vgg16" {
      #expect(250 * elements > Shape.maximumElementCount / 2 && (8..<222).contains(batch))
    }
    if name == "lenet" { #expect(batch == 250) }
  }

  @Test func batchesAreMadeSmallerUntilTheyFit() throws {
    let backend = SmallBackend(limit: 100)
    let parameters = try Parameters(network, seed: 1, on: backend)
    let evaluator = try Evaluator(network, parameters)
    #expect(evaluator.batchSize == 250)
    try evaluator.prepare(count: 31)
    #expect((1...5).contains(evaluator.batchSize))
    let roomy = try Parameters(network, seed: 1, on: ReferenceBackend())
    let normalization = Normalization(mean: 0.5, standardDeviation: 0.25)
    let expected = try Evaluator(network, roomy).evaluate(split(31), normalization: normalization)
    let evaluation = try evaluator.evaluate(split(31), normalization: normalization)
    #expect(evaluation.correctCounts == expected.correctCounts && evaluation.counts == [16, 15])
    #expect(abs(evaluation.loss - expected.loss) <= 1e-6 * expected.loss)
  }

  @Test func evaluationWithoutRoomIsFoundBeforeTraining() throws {
    // Room for the parameters, and not for the 1600 pixels of an image.
    let backend = SmallBackend(limit: 34)
    let wide = Network(
      name: "wide", inputSize: 40, inputChannels: 1, classes: 2,
      model: ["pool": GlobalAveragePooling2D(), "flatten": Flatten(), "dense": DenseLayer(outputs: 2)] as Sequential)
    let small = try Evaluator(wide, Parameters(wide, seed: 1, on: backend))
    let error = #expect(throws: DeltaCLError.self) { try small.prepare(count: 9) }
    #expect(error?.code == .outOfMemory && small.batchSize == 1)
  }

  @Test func figuresAreExact() throws {
    let network = Network(
      name: "columns", inputSize: 4, inputChannels: 1, classes: 6,
      model: ["flatten": Flatten(), "dense": DenseLayer(outputs: 6)] as Sequential)
    let parameters = try Parameters(network, seed: 1, on: ReferenceBackend())
    // The logits of an image with one bright pixel are a column of the weights: falling, rising or, without any, all equal.
    let weight = (0..<6).flatMap { label in
      [Float(6 - label), Float(label)] + Array(repeating: Float(0), count: 14)
    }
    try parameters.load([
      "dense.weight": ([6, 16], weight), "dense.bias": ([6], Array(repeating: 0, count: 6)),
    ])
    let examples: [(label: Int32, pixel: Int)] = [(0, 0), (1, 0), (5, 0), (5, 1), (5, 2), (4, 2)]
    let images = try Split(
      count: examples.count, imageRows: 4, imageColumns: 4, channels: 1,
      pixels: examples.flatMap { example in (0..<16).map { $0 == example.pixel ? 255 : 0 } },
      labels: examples.map(\.label))
    let evaluation = try Evaluator(network, parameters).evaluate(
      images, normalization: Normalization(mean: 0, standardDeviation: 1))

    #expect(evaluation.count == 6 && evaluation.accuracy == 2 / 6)
    // The first of equals is predicted, so that class 5 has rank 5 in the images with falling and with equal logits.
    #expect(evaluation.top5Count == 4 && evaluation.top5Accuracy == 4 / 6)
    #expect(
      (0..<6).map(evaluation.confusion.row) == [
        [1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0],
        [2, 0, 0, 0, 0, 1],
      ])
    #expect(evaluation.confusion.predictedCounts == [5, 0, 0, 0, 0, 1])
    let metrics = evaluation.classMetrics
    #expect(metrics.map(\.support) == [1, 1, 0, 0, 1, 3])
    #expect(metrics.map(\.precision) == [0.2, nil, nil, nil, nil, 1])
    #expect(metrics.map(\.recall) == [1, 0, nil, nil, 0, 1 / 3])
    #expect(metrics.map(\.f1) == [2 / 6, 0, nil, nil, 0, 0.5])
  }

  @Test func confusionOfManyClassesIsSmall() {
    // All of its cells would take 800 MB.
    var confusion = ConfusionMatrix(classes: 10_000)
    for label in 0..<10_000 { confusion.add(label: label, predicted: 9_999 - label) }
    confusion.add(label: 3, predicted: 3)
    #expect(confusion[3, 3] == 1 && confusion[3, 9_996] == 1 && confusion[3, 4] == 0)
    #expect(confusion.counts[3] == 2 && confusion.predictedCounts[9_996] == 1)
    #expect(confusion.correctCounts.reduce(0, +) == 1)
  }

  @Test func trainersPrepareTheEvaluation() throws {
    // A step of 2 images fits and 9 test images do not.
    let dataset = try Dataset(name: "noise", classNames: ["a", "b"], train: split(4), test: split(9))
    var configuration = TrainingConfiguration()
    configuration.batchSize = 2
    let trainer = try Trainer(network, dataset, configuration, on: SmallBackend(limit: 90))
    #expect(try trainer.run().evaluation?.counts == [5, 4])
  }
}
