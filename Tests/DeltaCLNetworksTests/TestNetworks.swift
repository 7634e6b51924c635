import DeltaCL
import Testing

@testable import DeltaCLNetworks

/// A small network with a batch for it.
struct TestNetwork: Sendable, CustomTestStringConvertible {
  let network: Network
  let batch: Int
  let loss: Loss

  init(
    _ name: String, inputSize: Extent, inputChannels: Int, classes: Int, batch: Int = 3,
    loss: Loss = .softmaxCrossEntropy,
    _ model: any Layer
  ) {
    network = Network(name: name, inputSize: inputSize, inputChannels: inputChannels, classes: classes, model: model)
    self.batch = batch
    self.loss = loss
  }

  init(_ network: Network, batch: Int) {
    self.network = network
    self.batch = batch
    loss = .softmaxCrossEntropy
  }

  var testDescription: String { network.name }

  /// Normal images, the same for the same seed.
  func images(seed: UInt64 = 1, batch: Int? = nil) -> [Float] {
    var generator = Philox(seed: seed, stream: .custom(1))
    return (0..<network.inputShape(batch: batch ?? self.batch).elementCount).map { _ in generator.normal() }
  }

  /// Random classes, the same for the same seed.
  func classLabels(seed: UInt64 = 1, batch: Int? = nil) -> [Int32] {
    var generator = Philox(seed: seed, stream: .custom(2))
    return (0..<(batch ?? self.batch)).map { _ in Int32(generator.integer(below: network.classes)) }
  }

  /// Normal targets, the same for the same seed.
  func targets(_ step: TrainingStep, seed: UInt64 = 1) -> [Float] {
    var generator = Philox(seed: seed, stream: .custom(3))
    return (0..<step.labelsShape.elementCount).map { _ in generator.normal() }
  }

  func run(_ step: TrainingStep, seed: UInt64 = 1) throws {
    switch loss {
    case .softmaxCrossEntropy: try step.run(images: images(seed: seed), labels: classLabels(seed: seed))
    case .meanSquaredError: try step.run(images: images(seed: seed), targets: targets(step, seed: seed))
    }
  }

  /// Every layer and both losses, small enough for the reference backend.
  static let all: [TestNetwork] = [
    TestNetwork(
      "convolution, relu, max pooling, dense", inputSize: Extent(7, 6), inputChannels: 2, classes: 3,
      [
        "conv1": Convolution2D(outputChannels: 3, kernelSize: Extent(3, 2)), "relu1": ReLU(),
        "pool1": MaxPooling2D(window: 2), "flatten": Flatten(), "dense1": DenseLayer(outputs: 5), "relu2": ReLU(),
        "dense2": DenseLayer(outputs: 3),
      ] as Sequential),
    TestNetwork(
      "stride, padding, dilation and groups", inputSize: 7, inputChannels: 4, classes: 3,
      [
        "conv1": Convolution2D(
          outputChannels: 4, kernelSize: 3, stride: Extent(2, 1),
          padding: Padding(top: 1, left: 0, bottom: 2, right: 1),
          groups: 2, initializer: .he),
        "leaky": LeakyReLU(slope: 0.2),
        "conv2": Convolution2D(outputChannels: 3, kernelSize: 2, dilation: 2, bias: false, initializer: .xavier),
        "tanh": Tanh(), "flatten": Flatten(), "dense": DenseLayer(outputs: 3, bias: false),
      ] as Sequential),
    TestNetwork(
      "average pooling", inputSize: 6, inputChannels: 3, classes: 4,
      [
        "conv": Convolution2D(outputChannels: 4, kernelSize: 3, padding: 1), "sigmoid": Sigmoid(),
        "pool1": AveragePooling2D(window: 3, stride: 2, padding: 1, countsPadding: false),
        "pool2": MaxPooling2D(window: 2, stride: 1, padding: 1),
        "pool3": AveragePooling2D(window: 2, ceilMode: true), "flatten": Flatten(), "dense": DenseLayer(outputs: 4),
      ] as Sequential),
    TestNetwork(
      "residual", inputSize: 5, inputChannels: 2, classes: 3,
      [
        "block1": Residual(
          ["conv": Convolution2D(outputChannels: 2, kernelSize: 3, padding: 1), "tanh": Tanh()] as Sequential),
        "block2": Residual(
          ["conv": Convolution2D(outputChannels: 4, kernelSize: 3, stride: 2, padding: 1), "tanh": Tanh()]
            as Sequential,
          shortcut: Convolution2D(outputChannels: 4, kernelSize: 1, stride: 2)),
        "block3": Residual(Residual(["tanh": Tanh()] as Sequential)),
        "flatten": Flatten(), "dense": DenseLayer(outputs: 3),
      ] as Sequential),
    TestNetwork(
      "mean squared error", inputSize: 4, inputChannels: 2, classes: 5, loss: .meanSquaredError,
      [
        "conv": Convolution2D(outputChannels: 3, kernelSize: 2), "sigmoid": Sigmoid(), "flatten": Flatten(),
        "dense": DenseLayer(outputs: 5), "tanh": Tanh(),
      ] as Sequential),
    TestNetwork(
      "mean squared error of images", inputSize: 4, inputChannels: 2, classes: 2, loss: .meanSquaredError,
      Convolution2D(outputChannels: 2, kernelSize: 3, padding: 1)),
    TestNetwork(
      "batch normalization", inputSize: Extent(5, 4), inputChannels: 2, classes: 3,
      [
        "conv1": Convolution2D(outputChannels: 3, kernelSize: 3, padding: 1, bias: false, initializer: .heFanOut),
        "bn1": BatchNormalizationLayer(epsilon: 1e-2), "tanh": Tanh(),
        "block": Residual(
          ["conv": Convolution2D(outputChannels: 3, kernelSize: 1, bias: false), "bn": BatchNormalizationLayer()]
            as Sequential,
          shortcutName: "downsample", activation: .sigmoid),
        "pool": GlobalAveragePooling2D(), "flatten": Flatten(),
        "dense": DenseLayer(outputs: 3, initializer: .normal(deviation: 0.5)),
      ] as Sequential),
    TestNetwork(
      "relu6 and dropout", inputSize: 4, inputChannels: 2, classes: 3,
      [
        "conv": Convolution2D(outputChannels: 4, kernelSize: 3), "relu6": ReLU6(),
        "drop1": DropoutLayer(probability: 0.2), "flatten": Flatten(), "dense1": DenseLayer(outputs: 16),
        "tanh": Tanh(),
        "drop2": DropoutLayer(), "dense2": DenseLayer(outputs: 3),
      ] as Sequential),
    TestNetwork(
      "multiplied channels", inputSize: 3, inputChannels: 2, classes: 3,
      [
        "conv": Convolution2D(outputChannels: 5, kernelSize: 2), "scale": ChannelScaleLayer(), "tanh": Tanh(),
        "flatten": Flatten(), "dense": DenseLayer(outputs: 3),
      ] as Sequential),
    TestNetwork(
      "moved elements and matrix products", inputSize: 4, inputChannels: 2, classes: 3,
      ["layout": LayoutLayer(), "tanh": Tanh(), "flatten": Flatten(), "dense": DenseLayer(outputs: 3)] as Sequential),
    TestNetwork(
      "a kernel of one's own", inputSize: 3, inputChannels: 2, classes: 3,
      [
        "conv": Convolution2D(outputChannels: 2, kernelSize: 2), "cubic": CubicLayer(), "flatten": Flatten(),
        "dense": DenseLayer(outputs: 3),
      ] as Sequential),
    TestNetwork(
      "shared and summed parameters", inputSize: 2, inputChannels: 2, classes: 8, batch: 1,
      ["flatten": Flatten(), "tied": TiedLayer(), "softmax": SoftmaxLayer()] as Sequential),
  ]
}

/// Each channel times a parameter of its own.
private struct ChannelScaleLayer: Layer {
  func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    let channels = input.shape.dimensions.last ?? 1
    let scale = try graph.parameter("scale", [channels], .pytorch, fans: Fans(weights: [channels]))
    let rows = input.shape.elementCount / channels
    return try graph.apply(.multiplyChannels(rows: rows, channels: channels), to: input, scale).reshaped(input.shape)
  }
}

/// Resizing, padding, transposing, multiplying, joining and repeating.
private struct LayoutLayer: Layer {
  func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    let batch = input.shape.dimensions[0]
    let resize = try Resize(batch: batch, inputSize: 4, outputSize: 3, channels: 2, mode: .bicubic)
    let resized = try graph.apply(.resize(resize), to: input)
    let pad = try Pad([batch, 3, 3, 2], before: [0, 2, 1, 0], after: [0, 0, 1, 0], mode: .reflect)
    let padded = try graph.apply(.pad(pad), to: resized)
    let turned = try graph.apply(
      .stridedCopy(.transpose([batch, 5, 5, 2], axes: [0, 3, 1, 2])), to: padded)
    let weight = try graph.parameter("weight", [2, 5, 3], .pytorch, fans: Fans(weights: [3, 5]))
    let product = try graph.apply(.matmul(Matmul([batch, 2, 5, 5], [2, 5, 3])), to: turned, weight)
    let square = try graph.apply(
      .matmul(Matmul([batch, 2, 5, 5], [batch, 2, 5, 5], transposesA: true)), to: turned, turned)
    let joined = try graph.apply(
      .concat(Concatenation([[batch, 2, 5, 3], [batch, 2, 5, 5]], axis: -1)), to: product, square)
    let shift = try graph.parameter("shift", [5, 1], .pytorch, fans: Fans(weights: [5, 1]))
    let shape: Shape = [batch, 2, 5, 8]
    let repeated = try graph.apply(.stridedCopy(.expand([5, 1], to: shape)), to: shift)
    return try graph.apply(.add(count: shape.elementCount), to: joined, repeated).reshaped(shape)
  }
}

/// `2 (x w^T) w^T + p + q`, which uses its weights twice and sums parameters: what no layer of the library does.
private struct TiedLayer: Layer {
  func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    let dense = try Dense(batch: input.shape.dimensions[0], inputs: 8, outputs: 8)
    let count = dense.outputShape.elementCount
    let fans = Fans(weights: dense.kernelShape)
    let weight = try graph.parameter("weight", dense.kernelShape, .pytorch, fans: fans)
    let p = try graph.parameter("p", dense.outputShape, .pytorch, fans: fans)
    let q = try graph.parameter("q", dense.outputShape, .pytorch, fans: fans)
    let once = try graph.apply(.dense(dense, bias: false), to: input, weight)
    let twice = try graph.apply(.dense(dense, bias: false), to: once, weight)
    let scaled = try graph.apply(.scale(count: count, factor: 2), to: twice)
    let sum = try graph.apply(.add(count: count), to: p, q)
    let copy = try graph.apply(.copy(count: count), to: scaled)
    return try graph.apply(.add(count: count), to: copy, sum).reshaped(dense.outputShape)
  }
}

/// x + x^3 by kernels that are not the library's.
private struct CubicLayer: Layer {
  private static let source = """
    kernel void cubic(global const float *x, global float *y, int count)
    {
      const int at = get_global_id(0);
      if (at < count) y[at] = x[at] + x[at] * x[at] * x[at];
    }

    kernel void cubic_delta(global const float *x, global const float *dy, global float *dx, int count)
    {
      const int at = get_global_id(0);
      if (at < count) dx[at] = dy[at] * (1.0f + 3.0f * x[at] * x[at]);
    }
    """

  private static let delta = Result {
    try CustomOperation(
      "cubic-delta", [.read("x", ["count"]), .read("dy", ["count"]), .write("dx", ["count"])], source: source,
      launches: { axes in
        let count = try axes["count"]
        return [
          CustomLaunch("cubic_delta", ["x": "x", "dy": "dy", "dx": "dx", "count": .int(count)], globalSize: [count])
        ]
      },
      reference: { values in ["dx": try zip(values["x"], values["dy"]).map { $1 * (1 + 3 * $0 * $0) }] })
  }

  private static let operation = Result {
    let delta = try Self.delta.get()
    return try CustomOperation(
      "cubic", [.read("x", ["count"]), .write("y", ["count"])], source: source,
      launches: { axes in
        let count = try axes["count"]
        return [CustomLaunch("cubic", ["x": "x", "y": "y", "count": .int(count)], globalSize: [count])]
      },
      deltas: [CustomDelta(of: "x", from: ["x", "dy"]) { axes in try .custom(delta, axes) }],
      reference: { values in ["y": try values["x"].map { $0 + $0 * $0 * $0 }] })
  }

  func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    let operation = try TensorOperation.custom(Self.operation.get(), ["count": input.shape.elementCount])
    return try graph.apply(operation, to: input).reshaped(input.shape)
  }
}

private struct SoftmaxLayer: Layer {
  func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    try graph.apply(.softmax(rows: input.shape.dimensions[0], classes: 8), to: input)
  }
}
