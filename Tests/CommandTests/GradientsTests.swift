import DeltaCLData
import Foundation
import Testing

extension CommandTests {
  @Suite struct GradientsTests {
    /// LeNet for two classes whose parameters are all zero, and a batch of one.
    private func zeros() throws -> [String: Safetensors.Tensor] {
      let shapes = [
        "conv1.weight": [20, 5, 5, 1], "conv1.bias": [20], "conv2.weight": [50, 5, 5, 20], "conv2.bias": [50],
        "dense1.weight": [500, 800], "dense1.bias": [500], "dense2.weight": [2, 500], "dense2.bias": [2],
        "images": [1, 28, 28, 1],
      ]
      var tensors = try shapes.mapValues { shape in
        try Safetensors.Tensor.floats(shape, [Float](repeating: 0, count: shape.reduce(1, *)))
      }
      tensors["labels"] = try .int32s([1], [1])
      return tensors
    }

    private func run(_ tensors: [String: Safetensors.Tensor], in folder: TemporaryFolder) throws -> Deltacl {
      try Deltacl(
        "gradients", "--network", "lenet", "--classes", "2", "--input", try folder.write(tensors), "--output",
        folder.path("out"))
    }

    @Test func ofANetworkOfZeros() throws {
      let folder = try TemporaryFolder()
      let tensors = try zeros()
      let run = try run(tensors, in: folder)
      #expect(run.status == 0, "\(run.errors)")
      let results = try Safetensors(contentsOf: folder.path("out"))
      #expect(Set(results.names) == Set(tensors.keys).subtracting(["images", "labels"]).union(["loss"]))
      #expect(try abs(results.tensor("loss").floats()[0] - log(2)) < 1e-6)
      #expect(try results.tensor("dense2.bias").floats() == [0.5, -0.5])
      #expect(try results.tensor("conv2.weight").shape == [50, 5, 5, 20])
    }

    @Test func misfitsAreSaid() throws {
      let folder = try TemporaryFolder()
      func expect(_ words: String, _ change: (inout [String: Safetensors.Tensor]) throws -> Void) throws {
        var tensors = try zeros()
        try change(&tensors)
        try run(tensors, in: folder).expectFailure(saying: words)
        #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
      }
      try expect("conv1.bias is missing") { $0["conv1.bias"] = nil }
      try expect("has no tensor 'images'") { $0["images"] = nil }
      try expect("takes [N, 28, 28, 1]") { $0["images"] = try .floats([1, 1, 1, 1], [0]) }
      try expect("must have [1], one for each image") { $0["labels"] = try .int32s([2], [0, 0]) }
      try expect("labels has the value 2 at 0; it must be from 0 to 1") { $0["labels"] = try .int32s([1], [2]) }
    }
  }
}
