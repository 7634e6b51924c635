import DeltaCL
import DeltaCLData
import Foundation
import Testing

@testable import DeltaCLNetworks

/// The files are those of `Tools/make-weight-cases.py`.
@Suite struct WeightsFileTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Weights")

  /// The network of the script: the weights of batch normalisation and of the dense layer follow a flattened image.
  private let network = Network(
    name: "weights", inputSize: Extent(6, 4), inputChannels: 2, classes: 3,
    model: [
      "conv1": Convolution2D(outputChannels: 4, kernelSize: Extent(3, 2), padding: 1), "bn1": BatchNormalizationLayer(),
      "relu1": ReLU(), "conv2": Convolution2D(outputChannels: 4, kernelSize: 3, groups: 4),
      "pool": MaxPooling2D(window: Extent(2, 1)), "flatten": Flatten(), "bn2": BatchNormalizationLayer(),
      "relu2": ReLU(), "drop": DropoutLayer(), "dense1": DenseLayer(outputs: 5), "relu3": ReLU(),
      "dense2": DenseLayer(outputs: 3),
    ] as Sequential)

  private func path(_ name: String) -> String { Self.folder.appendingPathComponent(name).path }

  private func weights() throws -> [String: (shape: Shape, values: [Float])] {
    try WeightsFile(contentsOf: path("network.pth")).tensors(of: network)
  }

  /// Calls `body` with the path of a file with these tensors.
  private func withFile<Result>(
    _ tensors: [String: HostTensor], metadata: [String: String] = ["format": "pt"], _ body: (String) throws -> Result
  ) throws -> Result {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("deltacl-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try TensorFileFormat.safetensors.write(tensors, metadata: metadata, to: path)
    return try body(path)
  }

  /// PyTorch's logits within 1e-5 of their largest, about a hundred roundings of a float.
  @Test func logitsAreThoseOfPyTorch() throws {
    let parameters = try Parameters(network, tensors: weights(), on: ReferenceBackend())
    let expected = try TensorFileFormat.open(path("logits.npz"))
    let step = try InferenceStep(network, parameters, batch: 2)
    try step.run(images: expected.tensor("images").floats())
    let (logits, values) = (try step.logits(), try expected.tensor("logits").floats())
    let largest = values.map(abs).max() ?? 0
    #expect(logits.count == values.count)
    for (logit, value) in zip(logits, values) { #expect(abs(logit - value) <= 1e-5 * largest) }
  }

  /// From PyTorch's layout to ours and back, bit for bit; the prefix of data parallelism and the counters are not kept.
  @Test func weightsRoundTrip() throws {
    let original = try TensorFileFormat.open(path("network.pth")).tensors()
    let written = try network.pyTorchTensors(weights(), step: 3)
    #expect(Set(written.keys.map { "module.\($0)" }) == Set(original.keys))
    for (name, tensor) in written { #expect(original["module.\(name)"] == tensor, "\(name)") }
  }

  @Test(arguments: Network.benchmarkNames) func networksRoundTrip(name: String) throws {
    let network = try Network.named(name, classes: 3)
    for entry in try network.weights() {
      let layout = try network.pyTorchLayout(of: entry)
      // The large ones take long without optimisation, and are laid out as the others.
      guard entry.value.shape.elementCount <= 200_000 else { continue }
      let values = (0..<entry.value.shape.elementCount).map(Float.init)
      #expect(layout.fromPyTorch(layout.toPyTorch(values)) == values, "\(entry.name)")
      #expect(layout.shape.elementCount == values.count)
    }
  }

  @Test func kernelsAndColumnsAreReordered() throws {
    let kernels = PyTorchLayout.channelsSecond([1, 2, 1, 3])
    #expect(kernels.shape == [1, 3, 2, 1])
    #expect(kernels.toPyTorch([0, 1, 2, 3, 4, 5]) == [0, 3, 1, 4, 2, 5])
    #expect(kernels.fromPyTorch([0, 3, 1, 4, 2, 5]) == [0, 1, 2, 3, 4, 5])
    let columns = PyTorchLayout.features([2, 4], of: [1, 2, 2])
    #expect(columns.shape == [2, 4])
    #expect(columns.toPyTorch([0, 1, 2, 3, 4, 5, 6, 7]) == [0, 2, 1, 3, 4, 6, 5, 7])
  }

  /// The sum of flattened and other features has no order that could be known.
  @Test func anOrderThatIsNotKnownIsRefused() throws {
    let network = Network(
      name: "sum", inputSize: 2, inputChannels: 2, classes: 2,
      model: [
        "flatten": Flatten(), "sum": Residual(DenseLayer(outputs: 8)), "dense": DenseLayer(outputs: 2),
      ] as Sequential)
    let entries = try network.weights()
    let error = #expect(throws: NetworkError.self) {
      for entry in entries { _ = try network.pyTorchLayout(of: entry) }
    }
    #expect(error?.message.contains("dense.weight follows a sum") == true)
  }

  @Test func anUnknownLayoutIsRefused() throws {
    let tensors = try network.pyTorchTensors(weights())
    try withFile(tensors, metadata: [:]) { path in
      let error = #expect(throws: TrainingError.self) { try WeightsFile(contentsOf: path).tensors(of: network) }
      #expect(error?.code == .unknownLayout)
      #expect(error?.message.hasPrefix("\(path): does not say how its weights lie") == true)
      let read = try WeightsFile(contentsOf: path, layout: .pytorch).tensors(of: network)
      #expect(read.count == tensors.count - 2)
      #expect(throws: NetworkError.self) { try WeightsFile(contentsOf: path, layout: .deltacl).tensors(of: network) }
    }
  }

  @Test func namesThatDifferAreListedWithTheNearest() throws {
    var tensors = try network.pyTorchTensors(weights())
    tensors["dense2.weights"] = tensors.removeValue(forKey: "dense2.weight")
    try withFile(tensors) { path in
      let error = #expect(throws: NetworkError.self) { try WeightsFile(contentsOf: path).tensors(of: network) }
      #expect(
        error?.message
          == "\(path): the tensors do not fit the network: dense2.weight is missing (nearest: dense2.weights); "
          + "dense2.weights is unknown (nearest: dense2.weight)")
    }
    tensors["dense2.weight"] = tensors.removeValue(forKey: "dense2.weights")
    tensors["_orig_mod.conv1.weight"] = tensors["conv1.weight"]
    try withFile(tensors) { path in
      let error = #expect(throws: NetworkError.self) { try WeightsFile(contentsOf: path).tensors(of: network) }
      #expect(error?.message.contains("has both '_orig_mod.conv1.weight' and 'conv1.weight'") == true)
    }
  }

  @Test func anotherHeadIsLeftOut() throws {
    let other = Network(
      name: "weights", inputSize: network.inputSize, inputChannels: 2, classes: 7,
      model: Sequential(
        ((network.model as? Sequential)?.layers ?? []).dropLast() + [("dense2", DenseLayer(outputs: 7))]))
    let file = try WeightsFile(contentsOf: path("network.pth"))
    #expect(try file.classes(of: other) == 3)
    let error = #expect(throws: NetworkError.self) { try file.tensors(of: other) }
    #expect(error?.message.contains("dense2.weight must have the shape [7, 5], not [3, 5]") == true)
    #expect(error?.message.hasSuffix("(train --new-head)") == true)

    let tensors = try file.tensors(of: other, newHead: true)
    #expect(tensors["dense2.weight"] == nil && tensors["dense2.bias"] == nil)
    let parameters = try Parameters(other, seed: 1, on: ReferenceBackend())
    let head = try parameters.values(of: "dense2.weight")
    try parameters.update(tensors)
    #expect(try parameters.values(of: "dense2.weight") == head)
    #expect(try parameters.values(of: "conv1.bias") == tensors["conv1.bias"]?.values)
  }

  @Test func halfPrecisionIsRead() throws {
    var tensors = try network.pyTorchTensors(weights())
    let values = try #require(tensors["dense1.bias"]).floats()
    let halves = values.flatMap { value in
      [UInt8(truncatingIfNeeded: Float16(value).bitPattern), UInt8(truncatingIfNeeded: Float16(value).bitPattern >> 8)]
    }
    tensors["dense1.bias"] = try HostTensor(dtype: .f16, shape: [5], bytes: halves)
    try withFile(tensors) { path in
      let read = try WeightsFile(contentsOf: path).tensors(of: network)
      #expect(read["dense1.bias"]?.values == values.map { Float(Float16($0)) })
    }
  }
}
