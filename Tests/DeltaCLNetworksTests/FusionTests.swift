import DeltaCL
import Testing

@testable import DeltaCLNetworks

@Suite struct FusionTests {
  private func operations(_ network: Network) throws -> [String] {
    let step = try TrainingGraph(network, batch: 2, loss: .softmaxCrossEntropy)
    let kept = [step.loss, step.output] + step.gradients.values
    return try names(step.graph.fused(keeping: Set(kept.map(\.id))))
  }

  private func names(_ graph: Graph) throws -> [String] {
    graph.nodes.map { "\($0.label) \($0.operation.name)" }
  }

  @Test func aStepOfLeNetHasNoActivationsOfItsOwn() throws {
    #expect(
      try operations(.leNet(classes: 10)) == [
        "conv1 convolution+relu", "pool1 max-pooling", "conv2 convolution+relu", "pool2 max-pooling",
        "dense1 dense+relu", "dense2 dense", "loss softmax-cross-entropy", "accuracy correct-predictions",
        "dense2 dense-gradient", "dense2 bias-gradient", "dense2 dense-delta+relu-delta", "dense1 dense-gradient",
        "dense1 bias-gradient", "dense1 dense-delta+relu-delta", "pool2 max-pooling-delta",
        "conv2 convolution-gradient", "conv2 bias-gradient", "conv2 convolution-delta+relu-delta",
        "pool1 max-pooling-delta", "conv1 convolution-gradient", "conv1 bias-gradient",
      ])
  }

  /// The block's own activation has two readers, but the delta of its input is one sum.
  @Test func normalizationsAndSumsTakeActivations() throws {
    let model: Sequential = [
      "conv": Convolution2D(outputChannels: 2, kernelSize: 1, bias: false), "bn": BatchNormalizationLayer(),
      "relu": ReLU(),
      "block": Residual(
        ["conv": Convolution2D(outputChannels: 2, kernelSize: 1, bias: false), "bn": BatchNormalizationLayer()]
          as Sequential, activation: .relu),
      "flatten": Flatten(), "dense": DenseLayer(outputs: 2, bias: false),
    ]
    let network = Network(name: "residual", inputSize: 2, inputChannels: 1, classes: 2, model: model)
    #expect(
      try operations(network) == [
        "conv convolution", "bn batch-normalization+relu", "block.conv convolution", "block.bn batch-normalization",
        "block add+relu", "dense dense", "loss softmax-cross-entropy", "accuracy correct-predictions",
        "dense dense-gradient", "dense dense-delta+relu-delta", "block.bn batch-normalization-delta",
        "block.conv convolution-gradient", "block.conv convolution-delta", "relu.y add",
        "bn batch-normalization-delta", "conv convolution-gradient",
      ])
    let step = try TrainingGraph(network, batch: 2, loss: .softmaxCrossEntropy)
    let masks = step.graph.fused(keeping: [step.loss.id]).nodes.compactMap { node -> Activation?? in
      node.operation.as(TensorOperation.BatchNormalizationDelta.self).map(\.activation)
    }
    #expect(masks == [nil, .relu])
  }

  @Test func valuesThatAreReadElsewhereStay() throws {
    var graph = Graph()
    let a = graph.add("a", [3], role: .input)
    let sum = try graph.append(.add(count: 3), [a, a], label: "add")[0]
    let relu = try graph.append(.activation(.relu, count: 3), [sum], label: "relu")[0]
    let delta = try graph.append(.add(count: 3), [a, a], label: "delta")[0]
    let masked = try graph.append(.activationDelta(.relu, count: 3), [relu, delta], label: "mask")[0]
    #expect(try names(graph.fused(keeping: [masked.id])) == ["add add+relu", "delta add+relu-delta"])
    #expect(
      try names(graph.fused(keeping: [sum.id, masked.id])) == ["add add", "relu relu", "delta add+relu-delta"])
    #expect(try names(graph.fused(keeping: [delta.id])) == ["add add+relu", "delta add", "mask relu-delta"])

    let tanh = try graph.append(.activation(.tanh, count: 3), [sum], label: "tanh")[0]
    #expect(
      try names(graph.fused(keeping: [masked.id, tanh.id])) == [
        "add add", "relu relu", "delta add+relu-delta", "tanh tanh",
      ])
  }

  /// The delta must not be stored before the activation whose sign it takes.
  @Test func deltasWaitForTheirActivation() throws {
    var graph = Graph()
    let a = graph.add("a", [3], role: .input)
    let delta = try graph.append(.add(count: 3), [a, a], label: "delta")[0]
    let relu = try graph.append(.activation(.relu, count: 3), [a], label: "relu")[0]
    let masked = try graph.append(.activationDelta(.relu, count: 3), [relu, delta], label: "mask")[0]
    #expect(try names(graph.fused(keeping: [masked.id])) == ["delta add", "relu relu", "mask relu-delta"])
  }

  /// One kernel for a chain, whose inputs are broadcast.
  @Test func formulasThatFollowEachOtherBecomeOne() throws {
    var graph = Graph()
    let x = graph.add("x", [2, 3], role: .input)
    let s = graph.add("s", [3], role: .input)
    let scaled = try graph.append(
      .elementwise(.input(0) * .input(1), inputs: [[2, 3], [3]]), [x, s], label: "scale")[0]
    let silu = try graph.append(.elementwise(.silu(.input(0)), inputs: [[2, 3]]), [scaled], label: "silu")[0]
    let sum = try graph.append(.add(count: 6), [x, silu], label: "sum")[0]
    let relu = try graph.append(.activation(.relu, count: 6), [sum], label: "relu")[0]
    let y = try graph.append(
      .elementwise(.input(0) + .input(1), inputs: [[4, 2, 3], [2, 3]]),
      [graph.add("z", [4, 2, 3], role: .input), relu], label: "wide")[0]
    let fused = graph.fused(keeping: [y.id])
    // Fused into the last, the chain would be computed four times.
    #expect(try names(fused) == ["sum elementwise", "wide elementwise"])
    #expect(fused.nodes.first?.operands.map(\.id) == [x.id, s.id, relu.id])
    let scaledInput = ElementwiseExpression.input(0) * .input(1)
    let chain = try TensorOperation.elementwise(.relu(.input(0) + .silu(scaledInput)), inputs: [[2, 3], [3]])
    #expect(fused.nodes.first?.operation == chain)
    #expect(
      try names(graph.fused(keeping: [y.id, silu.id])) == ["silu elementwise", "sum add+relu", "wide elementwise"])
    #expect(
      try names(graph.fused(keeping: [y.id, scaled.id])) == [
        "scale elementwise", "sum elementwise", "wide elementwise",
      ])
  }

  /// A statistic that is updated between two formulas is read before that.
  @Test func formulasDoNotReadAStatisticLater() throws {
    var graph = Graph()
    let x = graph.add("x", [3], role: .input)
    let s = graph.add("s", [3], role: .statistic(0))
    let sum = try graph.append(.elementwise(.input(0) + .input(1), inputs: [[3], [3]]), [x, s], label: "sum")[0]
    let y = try graph.append(.elementwise(.exp(.input(0)), inputs: [[3]]), [sum], label: "exp")[0]
    #expect(try names(graph.fused(keeping: [y.id])) == ["sum elementwise", "exp elementwise"])
  }

  /// Loss, output and all gradients of one step.
  private func results(_ example: TestNetwork, _ backend: any Backend, fusing: Bool) throws -> [[Float]] {
    let step = try TrainingGraph(example.network, batch: example.batch, loss: example.loss, dropoutSeed: 1)
    let parameters = try Parameters(example.network, seed: 5, on: backend)
    var external = try parameters.storages(for: step.graph)
    let gradients = step.graph.parameters.compactMap { step.gradients[$0.value.id] }
    for gradient in gradients {
      external[gradient.id] = try backend.allocate(.float32, count: gradient.shape.elementCount)
    }
    if let number = step.step { external[number.id] = try parameters.training().stepNumber }
    let compiled = try CompiledGraph(
      step.graph, keeping: [step.loss, step.output], external: external, on: backend, fusing: fusing)
    try compiled.tensor(step.images).write(example.images())
    switch example.loss {
    case .softmaxCrossEntropy: try compiled.tensor(step.labels).write(example.classLabels())
    case .meanSquaredError:
      try compiled.tensor(step.labels).write([Float](repeating: 0.5, count: step.labels.shape.elementCount))
    }
    try compiled.enqueue()
    return try ([step.loss, step.output] + gradients).map { try compiled.tensor($0).floats() }
  }

  private static let examples =
    TestNetwork.all + [
      TestNetwork(
        "all that is fused", inputSize: 12, inputChannels: 3, classes: 3,
        [
          // Few channels, Winograd's algorithm, strides, and pooling between them.
          "conv1": Convolution2D(outputChannels: 16, kernelSize: 3, padding: 1), "relu1": ReLU(),
          "pool1": MaxPooling2D(window: 3, stride: 2, padding: 1),
          "conv2": Convolution2D(outputChannels: 16, kernelSize: 3, padding: 1), "relu2": ReLU6(),
          "conv3": Convolution2D(outputChannels: 16, kernelSize: 3, padding: 1), "leaky": LeakyReLU(slope: 0.2),
          "block": Residual(
            [
              "conv1": Convolution2D(outputChannels: 20, kernelSize: 3, stride: 2, padding: 1, bias: false),
              "bn1": BatchNormalizationLayer(), "relu": ReLU(),
              "conv2": Convolution2D(outputChannels: 20, kernelSize: 3, padding: 1, bias: false),
              "bn2": BatchNormalizationLayer(),
            ] as Sequential,
            shortcut: Convolution2D(outputChannels: 20, kernelSize: 1, stride: 2), activation: .relu),
          "pool2": AveragePooling2D(window: 3), "relu4": ReLU(), "flatten": Flatten(),
          "dense1": DenseLayer(outputs: 32), "relu3": ReLU(), "drop": DropoutLayer(),
          "dense2": DenseLayer(outputs: 3),
        ] as Sequential),
      TestNetwork(
        "formulas that are fused", inputSize: 4, inputChannels: 2, classes: 3,
        [
          "conv": Convolution2D(outputChannels: 17, kernelSize: 2), "silu": SiLU(), "prelu": PReLU(), "relu": ReLU6(),
          "flatten": Flatten(), "dense": DenseLayer(outputs: 3),
        ] as Sequential),
    ]

  /// Of `exp` and `tanh` a device may have two versions, for vectors and for scalars, whose last bits differ.
  private func isSmooth(_ example: TestNetwork) throws -> Bool {
    try example.network.forward(batch: 1, mode: .inference).graph.nodes.contains { node in
      node.operation.as(TensorOperation.Elementwise.self) != nil
        || node.operation.as(TensorOperation.ActivationForward.self).map { [.sigmoid, .tanh].contains($0.function) }
          ?? false
    }
  }

  @Test(arguments: examples, ["reference", "cpu"])
  func fusionChangesNoBit(example: TestNetwork, selection: String) throws {
    let backend = try Backends.select(selection)
    let (fused, plain) = try (
      results(example, backend, fusing: true), results(example, backend, fusing: false)
    )
    if try selection == "reference" || !isSmooth(example) {
      #expect(fused.map { $0.map(\.bitPattern) } == plain.map { $0.map(\.bitPattern) })
    } else {
      for (fused, plain) in zip(fused, plain) {
        let bound = 1e-6 * plain.reduce(1) { max($0, abs($1)) }
        #expect(zip(fused, plain).allSatisfy { abs($0 - $1) <= bound })
      }
    }
  }
}
