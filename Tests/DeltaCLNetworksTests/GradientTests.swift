import DeltaCL
import Testing

@testable import DeltaCLNetworks

@Suite struct GradientTests {
  /// Compares the gradient of every parameter's every element with the central difference of the loss, in Float64.
  @Test(arguments: TestNetwork.all + TestNetwork.formulas)
  func areCentralDifferences(example: TestNetwork) throws {
    let parameters = try Parameters(example.network, seed: 5, on: ReferenceBackend())
    let step = try TrainingStep(example.network, parameters, batch: example.batch, loss: example.loss)
    step.learningRate = 0
    func currentLoss() throws -> Double {
      try parameters.setStepNumber(0)
      try example.run(step)
      return try reference(step.lossTensor.storage).doubles()[0]
    }

    for (index, name) in parameters.names.enumerated() {
      #expect(try currentLoss().isFinite)
      let gradient = try reference(parameters.training().gradients.slices[index]).doubles()
      #expect(gradient.contains { abs($0) > 1e-4 }, "the gradient of \(name) is about zero")
      let storage = try reference(parameters.values.slices[index])
      let values = try storage.doubles()
      for element in values.indices {
        func loss(at value: Double) throws -> Double {
          var moved = values
          moved[element] = value
          try storage.setDoubles(moved)
          return try currentLoss()
        }
        let distance = 1e-5
        let difference =
          try (loss(at: values[element] + distance) - loss(at: values[element] - distance)) / (2 * distance)
        #expect(
          abs(difference - gradient[element]) <= 1e-5 * abs(gradient[element]) + 1e-8,
          "\(name)[\(element)]: \(gradient[element]) against \(difference)")
      }
      try storage.setDoubles(values)
    }
  }

  private func reference(_ storage: any Storage) throws -> ReferenceStorage {
    try #require(storage as? ReferenceStorage)
  }
}
