import DeltaCL
import Testing

@testable import DeltaCLNetworks

/// The networks are layer by layer those of torchvision.
@Suite struct NetworksTests {
  struct Expectation: Sendable, CustomTestStringConvertible {
    let name: String
    let classes: Int
    /// As torchvision counts them.
    let parameterCount: Int
    let tensorCount: Int
    let shapes: [String: Shape]

    var testDescription: String { name }
  }

  @Test(arguments: [
    Expectation(
      name: "alexnet", classes: 1000, parameterCount: 61_100_840, tensorCount: 16,
      shapes: ["features.0.weight": [64, 11, 11, 3], "features.10.bias": [256], "classifier.1.weight": [4096, 9216]]),
    Expectation(
      name: "vgg16", classes: 1000, parameterCount: 138_357_544, tensorCount: 32,
      shapes: [
        "features.28.weight": [512, 3, 3, 512], "classifier.0.weight": [4096, 25088], "classifier.6.bias": [1000],
      ]
    ),
    Expectation(
      name: "resnet18", classes: 1000, parameterCount: 11_689_512, tensorCount: 102,
      shapes: [
        "conv1.weight": [64, 7, 7, 3], "layer1.0.conv1.weight": [64, 3, 3, 64],
        "layer2.0.downsample.0.weight": [128, 1, 1, 64], "layer4.1.bn2.running_var": [512], "fc.weight": [1000, 512],
      ]),
    Expectation(
      name: "resnet50", classes: 1000, parameterCount: 25_557_032, tensorCount: 267,
      shapes: [
        "layer1.0.downsample.1.running_mean": [256], "layer2.0.conv2.weight": [128, 3, 3, 128],
        "layer4.2.conv3.weight": [2048, 1, 1, 512], "fc.weight": [1000, 2048],
      ]),
    Expectation(
      name: "mobilenet-v2", classes: 1000, parameterCount: 3_504_872, tensorCount: 262,
      shapes: [
        "features.0.0.weight": [32, 3, 3, 3], "features.1.conv.0.0.weight": [32, 3, 3, 1],
        "features.2.conv.1.0.weight": [96, 3, 3, 1], "features.17.conv.3.running_mean": [320],
        "features.18.1.weight": [1280], "classifier.1.weight": [1000, 1280],
      ]),
    Expectation(
      name: "vgg11-cifar", classes: 10, parameterCount: 9_225_610, tensorCount: 18,
      shapes: [
        "features.0.weight": [64, 3, 3, 3], "features.18.weight": [512, 3, 3, 512], "classifier.weight": [10, 512],
      ]
    ),
  ])
  func haveTheParametersOfTorchvision(expected: Expectation) throws {
    let network = try Network.named(expected.name, classes: expected.classes)
    let training = try TrainingGraph(network, batch: 2, loss: .softmaxCrossEntropy, dropoutSeed: 1).graph
    let inference = try network.forward(batch: 1, mode: .inference).graph
    let entries = training.parameters + training.statistics
    let shapes = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.value.shape) })
    for (name, shape) in expected.shapes { #expect(shapes[name] == shape, "\(name)") }
    #expect(entries.count == expected.tensorCount)
    #expect(training.parameters.reduce(0) { $0 + $1.value.shape.elementCount } == expected.parameterCount)
    #expect(inference.parameters.map(\.name) == training.parameters.map(\.name))
    #expect(inference.statistics.map(\.name) == training.statistics.map(\.name))
    #expect(!inference.nodes.contains { $0.operation.name == "dropout" })
  }
}
