import DeltaCL
import DeltaCLData
import Foundation
import SwiftProtobuf
import Testing

@testable import DeltaCLONNX

/// A small network that PyTorch 2.15 exported at opset 17 with its batch normalisation unfolded, and what PyTorch computes of it.
@Suite struct ModelTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
    "Models")

  private func path(_ name: String) -> String { Self.folder.appendingPathComponent(name).path }

  private func tensor(_ name: String) throws -> HostTensor {
    let file = try TensorFileFormat.open(path(name))
    return try file.tensor(file.names[0])
  }

  private func small() throws -> Onnx_ModelProto {
    try Onnx_ModelProto(serializedBytes: FileSystem.read(path("small.onnx")))
  }

  private func model(_ proto: Onnx_ModelProto) throws -> Model {
    try Model(bytes: [UInt8](proto.serializedData()), folder: Self.folder.path)
  }

  @Test(arguments: ["reference", "cpu"]) func agreesWithPyTorch(selection: String) throws {
    let model = try Model(contentsOf: path("small.onnx"))
    #expect(model.inputs.map(\.shapeText) == ["[N, 3, 11, 14]"])
    let input = try tensor("input.npy")
    let compiled = try model.compiled(for: ["input": input.shape], on: Backends.select(selection))
    let expected = try tensor("output.npy")
    for _ in 0..<2 {
      let output = try #require(try compiled.run(["input": input])["probabilities"])
      #expect(output.shape == expected.shape)
      // Probabilities of sums of at most 72 terms in float32: some units in the last place.
      for (value, right) in zip(try output.floats(), try expected.floats()) { #expect(abs(value - right) < 1e-5) }
    }
  }

  @Test func batchNormalizationIsFolded() throws {
    let model = try Model(contentsOf: path("small.onnx"))
    var lowering = Lowering(model.nodes, keeping: ["probabilities"])
    for (name, constant) in model.constants { lowering.define(name, .constant(constant)) }
    _ = lowering.input("input", [1, 3, 11, 14])
    try lowering.lowerNodes()
    #expect(lowering.graph.nodes.count { $0.operation.name == "convolution" } == 3)
    #expect(!lowering.graph.nodes.contains { $0.label.hasPrefix("/b") })
  }

  @Test func shapesMustBeThoseOfTheModel() throws {
    let model = try Model(contentsOf: path("small.onnx"))
    for shapes in [
      [:], ["input": [1, 3, 11]], ["input": [1, 4, 11, 14]], ["x": [1]], ["input": [Int.max, 3, 11, 14]],
    ] {
      #expect(throws: ONNXError.self) { try model.compiled(for: shapes, on: ReferenceBackend()) }
    }
  }

  @Test(arguments: [
    ("operator", "this operator is not computed here"), ("name", "is undefined or in a cycle"),
    ("length", "its shape"), ("huge", "which no tensor can have"), ("escape", "no path within the model's folder"),
    ("absent", "missing or outside"), ("attribute", "attribute axis must be an integer"),
    ("opset", "version 7 or newer"),
    ("twice", "which is defined before"),
  ])
  func damageIsNamed(_ damage: String, words: String) throws {
    var proto = try small()
    let last = proto.graph.node.count - 1
    switch damage {
    case "operator": proto.graph.node[last].opType = "NonMaxSuppression"
    case "name": proto.graph.node[1].input[0] = proto.graph.node[last].output[0]
    case "length": proto.graph.initializer[0].rawData.removeLast()
    case "huge": proto.graph.initializer[0].dims = [1 << 62, 1 << 62]
    case "escape", "absent":
      proto.graph.initializer[0].dataLocation = .external
      proto.graph.initializer[0].externalData = [
        .with {
          $0.key = "location"
          $0.value = damage == "escape" ? "../ModelTests.swift" : "none.bin"
        }
      ]
    case "attribute": proto.graph.node[last].attribute[0].type = .float
    case "opset": proto.opsetImport[0].version = 6
    default: proto.graph.node[last].output[0] = "input"
    }
    let error = #expect(throws: ONNXError.self) {
      try model(proto).compiled(for: ["input": [1, 3, 11, 14]], on: ReferenceBackend())
    }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  /// Whatever a file holds, it is compiled or refused with an error.
  @Test func damagedBytesAreRefused() throws {
    let bytes = try FileSystem.read(path("small.onnx"))
    var generator = SeededGenerator(state: 7)
    for round in 0..<200 {
      var damaged = bytes
      if round % 4 == 0 { damaged.removeLast(Int.random(in: 1..<bytes.count, using: &generator)) }
      for _ in 0..<3 where !damaged.isEmpty {
        damaged[Int.random(in: 0..<damaged.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      do {
        let model = try Model(bytes: damaged, folder: Self.folder.path)
        _ = try model.compiled(for: ["input": [1, 3, 11, 14]], on: ReferenceBackend())
      } catch {
        #expect(!"\(error)".contains("\n"))
      }
    }
  }
}

/// Knuth's linear congruential generator, so that each run damages the same bytes.
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}
