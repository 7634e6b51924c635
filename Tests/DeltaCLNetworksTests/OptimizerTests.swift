import DeltaCL
import Foundation
import Testing

@testable import DeltaCLNetworks

/// Updates by given gradients, on the reference backend and on an OpenCL CPU device.
@Suite(.serialized) struct OptimizerTests {
  private let network = Network(
    name: "six weights", inputSize: 1, inputChannels: 3, classes: 2,
    model: ["flatten": Flatten(), "dense": DenseLayer(outputs: 2, bias: false)] as Sequential)

  /// By the rule of `Tools/make-pytorch-cases.py`.
  private func values(_ seed: Int) -> [Float] {
    (0..<6).map { Float((7 * $0 + $0 * $0 % 13 + seed) % 11 - 5) / 4 }
  }

  private func makeParameters(_ selection: String) throws -> Parameters {
    let parameters = try Parameters(network, seed: 1, on: Backends.select(selection))
    try parameters.load(["dense.weight": ([2, 3], values(1))])
    return parameters
  }

  private func setGradient(_ values: [Float], of parameters: Parameters) throws {
    try parameters.training().gradients.write { _, destination in _ = destination.update(fromContentsOf: values) }
  }

  /// What 50 updates make of the weights, the first at a rate of 0.02 and the last at 0.01.
  private func result(
    of optimizer: any Optimizer, clipping: GradientClipping = GradientClipping(), averageDecay: Float? = nil,
    on selection: String
  ) throws -> [Float] {
    let parameters = try makeParameters(selection)
    let update = try ParameterUpdate(
      parameters, optimizer: optimizer, clipping: clipping, averageDecay: averageDecay)
    for number in 0..<50 {
      try setGradient(values(4 + number), of: parameters)
      try update.enqueue(learningRate: number < 25 ? 0.02 : 0.01)
    }
    return try (averageDecay == nil ? parameters : parameters.averages()).values(of: "dense.weight")
  }

  @Test(arguments: PyTorchUpdates.all, ["reference", "cpu"])
  func fiftyUpdatesEqualPyTorchs(_ expected: PyTorchUpdates.Case, _ selection: String) throws {
    let actual = try result(
      of: expected.optimizer, clipping: expected.clipping, averageDecay: expected.averageDecay, on: selection)
    for (actual, expected) in zip(actual, expected.weights) {
      #expect(abs(actual - expected) <= 1e-5 * max(1, abs(expected)), "\(actual) against \(expected)")
    }
  }

  /// Half of the batches' sum, and a third; the sums begin anew after each update.
  @Test(arguments: ["reference", "cpu"]) func accumulatedGradientsAreAveraged(selection: String) throws {
    let parameters = try makeParameters(selection)
    let update = try ParameterUpdate(
      parameters, optimizer: SGD(), clipping: GradientClipping(value: 1, norm: 100), averageDecay: nil)
    var expected = values(1)
    for gradients in [[4, 8], [1, 2, 3], [4]] {
      for (index, seed) in gradients.enumerated() {
        try setGradient(values(seed), of: parameters)
        if index < gradients.count - 1 { try update.accumulate() } else { try update.enqueue(learningRate: 0.5) }
      }
      for index in expected.indices {
        let mean = gradients.reduce(0) { $0 + values($1)[index] } / Float(gradients.count)
        expected[index] -= 0.5 * min(max(mean, -1), 1)
      }
    }
    for (actual, expected) in zip(try parameters.values(of: "dense.weight"), expected) {
      #expect(abs(actual - expected) < 1e-6)
    }
    #expect(try parameters.updateCount() == 3)
  }

  /// Signs of gradients, which decay with the number of the update.
  private struct SignDescent: Optimizer {
    var scalarCount = 2
    let description = "sign descent"

    func update(count: Int) throws -> TensorOperation { .lion(try LionUpdate(count: count, beta1: 0, beta2: 0)) }
    func scalars(learningRate: Float, update: Int) -> [Float] {
      Array([learningRate / Float(update), 1].prefix(scalarCount))
    }
  }

  @Test func anOptimizerOfOnesOwnUpdates() throws {
    let parameters = try makeParameters("reference")
    let update = try ParameterUpdate(
      parameters, optimizer: SignDescent(), clipping: GradientClipping(), averageDecay: nil)
    for _ in 1...2 {
      try setGradient([1, -2, 3, -4, 5, 0], of: parameters)
      try update.enqueue(learningRate: 0.5)
    }
    let signs: [Float] = [1, -1, 1, -1, 1, 0]
    #expect(try parameters.values(of: "dense.weight") == zip(values(1), signs).map { $0 - 0.75 * $1 })
  }

  @Test func anOperationThatIsNoUpdateIsRefused() throws {
    struct Copier: Optimizer {
      let description = "copier"
      func update(count: Int) throws -> TensorOperation { .copy(count: count) }
      func scalars(learningRate: Float, update: Int) -> [Float] { [] }
    }
    let parameters = try makeParameters("reference")
    let error = #expect(throws: NetworkError.self) {
      try TrainingStep(network, parameters, batch: 1, optimizer: Copier())
    }
    #expect(error?.message.hasPrefix("copier: the operation copy must read scalars") == true)
    let step = try TrainingStep(network, parameters, batch: 1, optimizer: SignDescent(scalarCount: 1))
    let count = #expect(throws: NetworkError.self) { try step.run(images: [1, 2, 3], labels: [0]) }
    #expect(count?.message == "sign descent: gives 1 scalars, and its operation takes 2")
    #expect(throws: NetworkError.self) { try TrainingStep(network, parameters, batch: 1, averageDecay: 1) }
  }
}
