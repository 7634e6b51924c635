import DeltaCLData
import Foundation
import Testing

extension CommandTests {
  @Suite struct SummaryTests {
    private struct NetworkReport: Decodable {
      let name: String
      let parameterCount: Int
      let classes: Int
      let imageSize: [Int]
      let origin: String
    }

    private struct Summary: Decodable {
      struct Layer: Decodable {
        let name: String
        let kind: String
        let outputShape: [Int]
        let parameterCount: Int
        let floatingPointOperations: Int
        let activationByteCount: Int
      }

      let network: String
      let inputShape: [Int]
      let layers: [Layer]
      let parameterCount: Int
    }

    @Test func networksAreListed() throws {
      let run = try Deltacl("networks", "--json")
      let reports = try JSONDecoder().decode([NetworkReport].self, from: Data(run.output.utf8))
      let lenet = try #require(reports.first { $0.name == "lenet" })
      #expect(lenet.parameterCount == 431_080 && lenet.classes == 10 && lenet.imageSize == [28, 28, 1])
      let mobile = try #require(reports.first { $0.name == "mobilenet-v2" })
      #expect(mobile.parameterCount == 3_504_872 && mobile.classes == 1000 && mobile.origin == "torchvision")
      let lines = try Deltacl("networks").output.split(separator: "\n")
      #expect(lines.count == reports.count + 1)
      #expect(lines.contains { $0.contains(/^resnet18 +11689512 +1000  224x224x3  torchvision$/) })
    }

    @Test func layersAreSummarised() throws {
      let run = try Deltacl("summary", "lenet", "--batch-size", "2", "--image-size", "32x28", "--json")
      #expect(run.status == 0, "\(run.errors)")
      let summary = try JSONDecoder().decode(Summary.self, from: Data(run.output.utf8))
      #expect(summary.inputShape == [2, 32, 28, 1])
      #expect(summary.layers.map(\.name).prefix(3) == ["conv1", "relu1", "pool1"])
      let first = try #require(summary.layers.first)
      #expect(first.kind == "Convolution2D" && first.outputShape == [2, 28, 24, 20] && first.parameterCount == 520)
      #expect(first.floatingPointOperations == 2 * 2 * 28 * 24 * 20 * 25)
      #expect(first.activationByteCount == 4 * 2 * 28 * 24 * 20)
      #expect(summary.layers.reduce(0) { $0 + $1.parameterCount } == summary.parameterCount)
      // A block's sum and activation are its own; its layers have lines before it.
      let lines = try Deltacl("summary", "resnet18", "--classes", "5").output.split(separator: "\n")
      #expect(lines.first == "resnet18, images 1x224x224x3, 5 classes")
      #expect(lines.contains { $0.contains(/^layer1\.0 +Residual +1x56x56x64 +0\s/) })
      #expect(lines.last?.contains(/^total +11179077\s/) == true)
    }

    @Test func modelsAreSummarised() throws {
      let folder = try TemporaryFolder()
      let (weights, model) = (folder.path("weights.safetensors"), folder.path("model.safetensors"))
      var file = Safetensors()
      for (name, shape) in [
        ("conv1", [20, 5, 5, 1]), ("conv2", [50, 5, 5, 20]), ("dense1", [500, 800]), ("dense2", [3, 500]),
      ] {
        let count = shape.reduce(1, *)
        file.tensors["\(name).weight"] = try Safetensors.Tensor(
          floats: [Float](repeating: 0, count: count), shape: shape)
        file.tensors["\(name).bias"] = try Safetensors.Tensor(
          floats: [Float](repeating: 0, count: shape[0]), shape: [shape[0]])
      }
      try file.write(to: weights)
      let converted = try Deltacl(
        "convert", weights, model, "--network", "LeNet", "--input-layout", "deltacl", "--normalization", "0,1")
      #expect(converted.status == 0, "\(converted.errors)")
      let run = try Deltacl("summary", model)
      #expect(run.output.hasPrefix("lenet, images 1x28x28x1, 3 classes\n"))
      try Deltacl("summary", model, "--classes", "3").expectFailure(64, saying: "a model has its own")
    }

    @Test func whatIsNoNetworkIsRefused() throws {
      try Deltacl("summary", "lenett").expectFailure(64, saying: "no network named 'lenett'")
      try Deltacl("summary", "none/model.safetensors").expectFailure(saying: "none/model.safetensors: cannot open")
      try Deltacl("summary", "lenet", "--batch-size", "0").expectFailure(64, saying: "at least 1, not 0")
      try Deltacl("summary", "vgg16", "--image-size", "8").expectFailure(saying: "layer features.23")
    }
  }
}
