import DeltaCL
import Testing

@testable import DeltaCLData
@testable import DeltaCLNetworks

/// The networks are layer by layer those of torchvision.
@Suite struct NetworksTests {
  @Test(arguments: TorchvisionNetwork.all) func haveTheParametersOfTorchvision(expected: TorchvisionNetwork) throws {
    let network = try Network.named(expected.name, classes: 1000)
    #expect(network.name == expected.name.replacing("_", with: "-"))
    let training = try TrainingGraph(network, batch: 2, loss: .softmaxCrossEntropy, dropoutSeed: 1).graph
    let inference = try network.forward(batch: 1, mode: .inference).graph
    let entries = training.parameters + training.statistics
    #expect(training.parameters.reduce(0) { $0 + $1.value.shape.elementCount } == expected.parameterCount)
    #expect(entries.count == expected.tensorCount)
    #expect(training.parameters.first?.name == expected.firstParameter)
    #expect(training.parameters.last?.name == expected.lastParameter)
    let lines = try entries.map { entry in
      let shape = try network.pyTorchLayout(of: entry).shape.dimensions
      return "\(entry.name) \(shape.map(String.init).joined(separator: "x"))\n"
    }
    let text = lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined()
    #expect(Checksum.of(Array(text.utf8)) == expected.checksum)
    #expect(inference.parameters.map(\.name) == training.parameters.map(\.name))
    #expect(inference.statistics.map(\.name) == training.statistics.map(\.name))
    #expect(!inference.nodes.contains { $0.operation.name == "dropout" })
  }

  @Test func allNamesAreHeldToSomething() {
    let names = Set(TorchvisionNetwork.all.map { $0.name.replacing("_", with: "-") })
    #expect(Set(Network.names).subtracting(names) == ["lenet", "vgg11-cifar"])
    #expect(Set(Network.names).count == Network.names.count)
    #expect(Set(Network.benchmarkNames).isSubset(of: Network.names))
  }

  @Test func convolutionsOfVGGAreThoseForCIFAR() throws {
    let graph = try Network.vgg11CIFAR(classes: 10).forward(batch: 1, mode: .inference).graph
    let shapes = Dictionary(uniqueKeysWithValues: graph.parameters.map { ($0.name, $0.value.shape) })
    #expect(shapes.count == 18)
    #expect(shapes["features.0.weight"] == [64, 3, 3, 3])
    #expect(shapes["features.18.weight"] == [512, 3, 3, 512])
    #expect(shapes["classifier.weight"] == [10, 512])
  }

  /// Their means over the image take any size, and so do poolings that round up.
  @Test(arguments: [
    "resnet34", "squeezenet1-1", "densenet121", "mobilenet-v3-small", "efficientnet-b0", "shufflenet-v2-x1-0",
  ])
  func imagesMayHaveOtherSizes(name: String) throws {
    let network = try Network.named(name, classes: 5).resized(to: Extent(97, 64))
    #expect(try network.forward(batch: 2, mode: .inference).output.shape == [2, 5])
  }

  /// The initial distributions of torchvision that others of its networks do not have.
  @Test(arguments: [
    ("squeezenet1_0", "features.3.squeeze.weight", Initializer.heUniform),
    ("densenet121", "features.conv0.weight", .he), ("densenet121", "classifier.weight", .uniform(bound: 1 / 32)),
    ("efficientnet_b0", "classifier.1.weight", .uniform(bound: 0.1)),
    ("mobilenet_v3_large", "features.4.block.2.fc1.weight", .heFanOut),
    ("shufflenet_v2_x1_0", "stage2.0.branch1.0.weight", .pytorch),
  ])
  func startAsThoseOfTorchvision(name: String, parameter: String, initializer: Initializer) throws {
    let graph = try Network.named(name, classes: 100).forward(batch: 1, mode: .inference).graph
    let entry = try #require(graph.parameters.first { $0.name == parameter })
    #expect(entry.role == .parameter(initializer, Fans(weights: entry.value.shape)))
  }
}
