import DeltaCLData
import Foundation
import Testing

extension CommandTests {
  /// The model is that of the module's tests, whose results are PyTorch's.
  @Suite struct RunTests {
    private static let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../DeltaCLONNXTests/Models").standardized

    private func path(_ name: String) -> String { Self.models.appendingPathComponent(name).path }

    @Test func modelsAreDescribed() throws {
      let run = try Deltacl("run", path("small.onnx"))
      #expect(run.output == "input input: float [N, 3, 11, 14]\noutput probabilities: float [N, 5]\n")
      let json = try Deltacl("run", path("small.onnx"), "--json")
      #expect(json.status == 0 && json.output.contains(#""elementType" : "float""#), "\(json.errors)")
    }

    @Test func outputsAreWritten() throws {
      let folder = try TemporaryFolder()
      let run = try Deltacl(
        "run", path("small.onnx"), "--input", "input=\(path("input.npy"))", "--output", folder.path("out"), "--device",
        "reference")
      #expect(run.status == 0, "\(run.errors)")
      let file = try TensorFileFormat.open(folder.path("out/probabilities.npy"))
      #expect(try file.form(of: "probabilities").shape == [2, 5])
    }

    @Test func wrongUseIsNamed() throws {
      let folder = try TemporaryFolder()
      let input = "input=\(path("output.npy"))"
      try Deltacl("run", path("small.onnx"), "--input", input).expectFailure(64, saying: "belong together")
      try Deltacl("run", path("small.onnx"), "--input", "input", "--output", folder.path("out"))
        .expectFailure(64, saying: "NAME=FILE")
      try Deltacl("run", path("small.onnx"), "--input", input, "--output", folder.path("out"))
        .expectFailure(saying: "has the shape [2, 5], and the model asks for [N, 3, 11, 14]")
      try Deltacl("run", path("input.npy")).expectFailure(saying: "is no whole ONNX model")
    }
  }
}
