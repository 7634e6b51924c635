import DeltaCL
import Testing

@testable import DeltaCLNetworks

@Suite struct GraphTests {
  private func operations(_ network: Network) throws -> [String] {
    try TrainingGraph(network, batch: 2, loss: .softmaxCrossEntropy).graph.nodes.map {
      "\($0.label) \($0.operation.name)"
    }
  }

  @Test func aStepOfLeNetRunsTheseOperations() throws {
    #expect(
      try operations(.leNet(classes: 10)) == [
        "conv1 convolution", "relu1 relu", "pool1 max-pooling", "conv2 convolution", "relu2 relu", "pool2 max-pooling",
        "dense1 dense", "relu3 relu", "dense2 dense", "loss softmax-cross-entropy", "accuracy correct-predictions",
        "dense2 dense-gradient", "dense2 bias-gradient", "dense2 dense-delta", "relu3 relu-delta",
        "dense1 dense-gradient", "dense1 bias-gradient", "dense1 dense-delta", "pool2 max-pooling-delta",
        "relu2 relu-delta", "conv2 convolution-gradient", "conv2 bias-gradient", "conv2 convolution-delta",
        "pool1 max-pooling-delta", "relu1 relu-delta", "conv1 convolution-gradient", "conv1 bias-gradient",
      ])
  }

  @Test func residualDeltasAreSummed() throws {
    let model: Sequential = [
      "conv": Convolution2D(outputChannels: 2, kernelSize: 1, bias: false),
      "block": Residual(
        ["tanh": Tanh(), "conv": Convolution2D(outputChannels: 2, kernelSize: 1, bias: false)] as Sequential),
      "flatten": Flatten(),
    ]
    let network = Network(name: "residual", inputSize: 1, inputChannels: 1, classes: 2, model: model)
    #expect(
      try operations(network) == [
        "conv convolution", "block.tanh tanh", "block.conv convolution", "block add", "loss softmax-cross-entropy",
        "accuracy correct-predictions", "block.conv convolution-gradient", "block.conv convolution-delta",
        "block.tanh tanh-delta", "conv.y add", "conv convolution-gradient",
      ])
  }

  @Test func leNetHasItsParameters() throws {
    let parameters = try Parameters(.named("LeNet", classes: 10), seed: 0, on: ReferenceBackend())
    let expected: [(String, Shape)] = [
      ("conv1.weight", [20, 5, 5, 1]), ("conv1.bias", [20]), ("conv2.weight", [50, 5, 5, 20]), ("conv2.bias", [50]),
      ("dense1.weight", [500, 800]), ("dense1.bias", [500]), ("dense2.weight", [10, 500]), ("dense2.bias", [10]),
    ]
    #expect(parameters.names == expected.map(\.0))
    for (name, shape) in expected { #expect(try parameters.shape(of: name) == shape) }
    #expect(parameters.count == 431_080)
  }

  @Test func namesOfNestedLayersAreScoped() throws {
    let network = TestNetwork.all[3].network
    let parameters = try Parameters(network, seed: 0, on: ReferenceBackend())
    #expect(
      parameters.names == [
        "block1.conv.weight", "block1.conv.bias", "block2.conv.weight", "block2.conv.bias", "block2.shortcut.weight",
        "block2.shortcut.bias", "dense.weight", "dense.bias",
      ])
  }

  @Test func anUnknownNetworkListsTheKnownOnes() {
    let error = #expect(throws: NetworkError.self) { try Network.named("resnet", classes: 10) }
    #expect(error?.code == .unknownNetwork)
    #expect(
      error?.message == "there is no network named 'resnet'; known networks: \(Network.names.joined(separator: ", "))")
  }

  @Test func aWindowLargerThanItsInputNamesTheLayer() {
    let error = #expect(throws: NetworkError.self) {
      try Parameters(.leNet(classes: 10, inputSize: 8), seed: 0, on: ReferenceBackend())
    }
    #expect(error?.code == .invalidLayer)
    #expect(error?.message.hasPrefix("layer conv2, whose input is [1, 2, 2, 20]: convolution rows: ") == true)
  }

  private static let misfits: [(Sequential, String)] = [
    (["dense": DenseLayer(outputs: 2)], "layer dense needs features"),
    (["flatten": Flatten(), "conv": Convolution2D(outputChannels: 1, kernelSize: 1)], "layer conv needs images"),
    (["flatten": Flatten(), "dense": DenseLayer(outputs: 0)], "layer dense, whose input is [2, 16]: dense: inputs 16"),
    (["pool": MaxPooling2D(window: 2, stride: 0)], "layer pool, whose input is [2, 4, 4, 1]: pooling rows: stride 0"),
    (
      ["block": Residual(["conv": Convolution2D(outputChannels: 1, kernelSize: 2)] as Sequential)],
      "layer block needs a body and a shortcut of the same output shape, not [2, 3, 3, 1] and [2, 4, 4, 1]"
    ),
    (
      Sequential([
        ("a", Convolution2D(outputChannels: 1, kernelSize: 1)), ("a", Convolution2D(outputChannels: 1, kernelSize: 1)),
      ]),
      "two parameters are named a.weight"
    ),
    (
      ["flatten": Flatten(), "dense": DenseLayer(outputs: 3)],
      "network wrong: its output is [2, 3], not the logits [2, 2]"
    ),
  ]

  @Test(arguments: misfits)
  func layersThatDoNotFitAreNamed(model: Sequential, message: String) {
    let network = Network(name: "wrong", inputSize: 4, inputChannels: 1, classes: 2, model: model)
    let error = #expect(throws: NetworkError.self) {
      try TrainingGraph(network, batch: 2, loss: .softmaxCrossEntropy)
    }
    #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: [0, -1, Int.max]) func impossibleBatchesAreRefused(batch: Int) {
    #expect(throws: NetworkError.self) { try Network.leNet(classes: 10).forward(batch: batch, mode: .inference) }
  }

  @Test func operationsWithoutARuleAreRefused() throws {
    var graph = Graph()
    let x = graph.add("x", [1, 1, 1, 1], role: .input)
    let w = graph.add("w", [1, 1, 1, 1], role: .parameter(.zeros, Fans(weights: [1, 1, 1, 1])))
    let convolution = try Convolution(batch: 1, inputSize: 1, inputChannels: 1, outputChannels: 1, kernelSize: 1)
    let dx = try graph.append(.convolutionDelta(convolution), [x, w], label: "transposed")[0]
    let loss = try graph.append(.meanSquaredError(count: 1), [dx, x], label: "loss")[0]
    let error = #expect(throws: NetworkError.self) { try graph.differentiate(loss) }
    #expect(error?.message == "layer transposed: convolution-delta has no rule for its delta")
  }

  @Test func inputsOfAnotherShapeAreRefused() {
    var graph = Graph()
    let x = graph.add("x", [3], role: .input)
    let labels = graph.add("labels", [4], .int32, role: .labels)
    #expect(throws: NetworkError.self) { try graph.append(.copy(count: 4), [x], label: "copy") }
    #expect(throws: NetworkError.self) { try graph.append(.copy(count: 4), [labels], label: "copy") }
    #expect(throws: NetworkError.self) { try graph.append(.copy(count: 3), [x, x], label: "copy") }
    #expect(throws: NetworkError.self) { try x.reshaped([2, 2]) }
  }
}
