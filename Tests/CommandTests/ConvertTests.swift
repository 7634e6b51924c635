import DeltaCLData
import Foundation
import Testing

extension CommandTests {
  @Suite struct ConvertTests {
    /// A model that was trained for a step.
    private func train(_ folder: TemporaryFolder) throws -> String {
      #expect(try Deltacl.train(folder.path("run"), "--max-steps", "1").status == 0)
      return folder.path("run/model.safetensors")
    }

    @Test func modelsGoToPyTorchAndBack() throws {
      let folder = try TemporaryFolder()
      let model = try train(folder)
      let (pth, back) = (folder.path("lenet.pth"), folder.path("back.safetensors"))
      let there = try Deltacl("convert", model, pth)
      #expect(there.status == 0, "\(there.errors)")
      #expect(there.errors.contains("lenet, 10 classes, layout pytorch"))
      #expect(try TensorFileFormat.open(pth).form(of: "conv1.weight").shape == [20, 1, 5, 5])
      let again = try Deltacl("convert", pth, back, "--network", "lenet", "--normalization", "0.1,0.3")
      #expect(again.status == 0, "\(again.errors)")
      let (original, read) = (try Safetensors(contentsOf: model), try Safetensors(contentsOf: back))
      #expect(read.tensors == original.tensors)
      #expect(read.metadata["normalization_mean"] == "0.1")

      // Each form of the same weights is as good as the model.
      let (npz, other) = (folder.path("lenet.npz"), folder.path("lenet.safetensors"))
      #expect(try Deltacl("convert", model, npz).status == 0)
      #expect(try Deltacl("convert", model, other, "--layout", "pytorch").status == 0)
      for arguments in [[npz, back, "--input-layout", "deltacl"], [other, back]] {
        let run = try Deltacl(["convert"] + arguments + ["--network", "lenet"])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("does not say how images are normalised"))
        #expect(try Safetensors(contentsOf: back).tensors == original.tensors)
      }
      let evaluation = try Deltacl("evaluate", pth, "--network", "lenet", "--dataset", "digits")
      #expect(evaluation.status == 0, "\(evaluation.errors)")
      try Deltacl("evaluate", pth, "--network", "lenet").expectFailure(saying: "name a data set by --dataset")
      let trained = try Deltacl.train(folder.path("next"), "--max-steps", "1", "--initial-weights", pth, "--new-head")
      #expect(trained.status == 0, "\(trained.errors)")
    }

    @Test func tensorsAreCopiedWithoutANetwork() throws {
      let folder = try TemporaryFolder()
      let tensors = ["x": try HostTensor.floats([2], [1, 2]), "n": try HostTensor.int32s([1], [3])]
      let input = try folder.write(tensors)
      for name in ["f.npz", "g.safetensors"] {
        let run = try Deltacl("convert", input, folder.path(name))
        #expect(run.status == 0, "\(run.errors)")
        #expect(try TensorFileFormat.open(folder.path(name)).tensors() == tensors)
      }
      let run = try Deltacl("convert", input, folder.path("f.pth"), "--input-layout", "pytorch")
      #expect(run.status == 0, "\(run.errors)")
      #expect(try TensorFileFormat.open(folder.path("f.pth")).tensors() == tensors)
    }

    @Test func operationsTakeArraysOfNumPy() throws {
      let folder = try TemporaryFolder()
      try TensorFileFormat.npy.write(["x": .floats([3], [-1, 0, 2])], to: folder.path("x.npy"))
      let run = try Deltacl(
        "op", "relu", "--input", folder.path("x.npy"), "--output", folder.path("y.npy"), "--device", "reference")
      #expect(run.status == 0, "\(run.errors)")
      #expect(try TensorFileFormat.open(folder.path("y.npy")).tensor("y").floats() == [0, 0, 2])
    }

    @Test func whatCannotBeConvertedIsAFailure() throws {
      let folder = try TemporaryFolder()
      let input = try folder.write(["conv1.weight": .floats([1], [1])])
      func expectFailure(_ status: Int32 = 1, saying words: String, _ arguments: String...) throws {
        try Deltacl(["convert"] + arguments).expectFailure(status, saying: words)
      }
      try expectFailure(64, saying: "names no format", input, folder.path("out"))
      try expectFailure(64, saying: "PyTorch's layout", input, folder.path("out.pth"), "--layout", "deltacl")
      try expectFailure(64, saying: "no network named 'x'", input, folder.path("out.pth"), "--network", "x")
      try expectFailure(64, saying: "deviation above 0", input, folder.path("out.pth"), "--normalization", "1")
      try expectFailure(saying: "see --input-layout", input, folder.path("out.pth"))
      try expectFailure(
        saying: "name the network", input, folder.path("o.npz"), "--input-layout", "deltacl", "--layout", "pytorch")
      try expectFailure(
        saying: "has no dense2.weight or dense2.bias", input, folder.path("out.pth"), "--network", "lenet")
      try expectFailure(saying: "No such file", folder.path("none"), folder.path("out.pth"))
      try Deltacl("evaluate", input).expectFailure(saying: "is not a model")
      try AtomicFile.write("cos\nsystem\n(S'touch x'\ntR.", to: folder.path("evil.pth"))
      try expectFailure(saying: "evil.pth: ", folder.path("evil.pth"), folder.path("out.npz"))
      #expect(folder.names() == ["evil.pth", "in.safetensors"])
      try Deltacl("train", "--new-head").expectFailure(64, saying: "--initial-weights")
    }
  }
}
