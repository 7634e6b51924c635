import DeltaCL
import Testing

@testable import DeltaCLNetworks

@Suite struct InitializerTests {
  private let fans = Fans(weights: [64, 3, 3, 32])

  private func draw(_ initializer: Initializer, count: Int = 64 * 288) -> [Float] {
    var generator = Philox(seed: 11, stream: .initialization(parameter: 0))
    return initializer.values(count: count, fans: fans, from: &generator)
  }

  private func variance(_ values: [Float]) -> Double {
    values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(values.count)
  }

  @Test func fansFollowTheLayouts() {
    #expect(Fans(weights: [64, 3, 5, 32]).input == 3 * 5 * 32)
    #expect(Fans(weights: [64, 3, 5, 32]).output == 3 * 5 * 64)
    #expect(Fans(weights: [10, 500]).input == 500)
    #expect(Fans(weights: [10, 500]).output == 10)
  }

  @Test func heIsNormalWithTwoOverFanIn() {
    let values = draw(.he)
    #expect(abs(variance(values) * 288 / 2 - 1) < 0.03)
    #expect(values.contains { abs($0) > 3 * (2.0 / 288).squareRoot() })
  }

  private static let uniformOnes: [(Initializer, Double)] = [
    (.xavier, 6.0 / 864.0), (.pytorch, 1.0 / 288.0), (.heUniform, 6.0 / 288.0), (.uniform(bound: 0.5), 0.25),
  ]

  @Test(arguments: uniformOnes)
  func uniformOnesFillTheirInterval(initializer: Initializer, squaredBound: Double) {
    let values = draw(initializer).map(Double.init)
    let bound = squaredBound.squareRoot()
    #expect(values.allSatisfy { abs($0) <= bound * (1 + 1e-6) })
    #expect((values.max() ?? 0) > 0.999 * bound)
    #expect((values.min() ?? 0) < -0.999 * bound)
    #expect(abs(variance(values.map(Float.init)) * 3 / squaredBound - 1) < 0.03)
  }

  @Test(arguments: [Initializer.he, .pytorch]) func valuesAreThoseDrawnOneAfterTheOther(_ initializer: Initializer) {
    let count = 3 * 65536 + 17
    var (parallel, serial) = (Philox(seed: 2, stream: .custom(0)), Philox(seed: 2, stream: .custom(0)))
    // Not at the beginning of a block.
    (_, _) = (parallel.uniform(), serial.uniform())
    let values = initializer.values(count: count, fans: fans, from: &parallel)
    let bound = 1 / Float(288).squareRoot()
    let deviation = (2 / Float(288)).squareRoot()
    let isUniform = initializer == .pytorch
    let expected = (0..<count).map { _ in
      isUniform ? bound * (2 * serial.uniform() - 1) : deviation * serial.normal()
    }
    #expect(values == expected)
    #expect(parallel.nextWord() == serial.nextWord())
  }

  @Test func constantsAreConstant() {
    #expect(draw(.zeros, count: 3) == [0, 0, 0])
    #expect(draw(.constant(0.25), count: 3) == [0.25, 0.25, 0.25])
  }

  @Test func onlyPyTorchDrawsBiases() {
    #expect(Initializer.pytorch.forBias == .pytorch)
    for initializer in [Initializer.he, .heUniform, .uniform(bound: 1), .xavier, .zeros, .constant(1)] {
      #expect(initializer.forBias == .zeros)
    }
  }

  @Test func biasesUseTheFanInOfTheirWeights() throws {
    let parameters = try Parameters(.leNet(classes: 10), seed: 3, on: ReferenceBackend())
    for (name, fanIn) in [("conv1", 25), ("conv2", 500), ("dense1", 800), ("dense2", 500)] {
      let bound = 1 / Float(fanIn).squareRoot() * (1 + 1e-6)
      for values in [try parameters.values(of: name + ".weight"), try parameters.values(of: name + ".bias")] {
        #expect(values.allSatisfy { abs($0) <= bound })
        #expect(values.contains { abs($0) > 0.5 * bound })
      }
    }
  }

  @Test func oneSeedGivesOneNetwork() throws {
    let network = Network.leNet(classes: 10)
    let first = try Parameters(network, seed: 3, on: ReferenceBackend()).all()
    let second = try Parameters(network, seed: 3, on: Backends.select("cpu")).all()
    let other = try Parameters(network, seed: 4, on: ReferenceBackend()).all()
    #expect(first.map(\.values) == second.map(\.values))
    for (a, b) in zip(first, other) { #expect(a.values != b.values, "\(a.name)") }
  }
}
