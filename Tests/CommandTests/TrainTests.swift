import DeltaCLData
import Foundation
import Testing

extension CommandTests {
  @Suite struct TrainTests {
    @Test func digitsAreLearntEvaluatedAndPredicted() throws {
      let folder = try TemporaryFolder()
      let run = try Deltacl.train(folder.path("run"))
      #expect(run.status == 0, "\(run.errors)")
      let accuracyLine = try #require(run.output.split(separator: "\n").first { $0.hasPrefix("test accuracy ") })
      let match = try #require(accuracyLine.wholeMatch(of: /test accuracy (\d\.\d{4})/))
      #expect(try #require(Float(match.1)) >= 0.95)

      let evaluation = try Deltacl("evaluate", folder.path("run/model.safetensors"))
      #expect(evaluation.status == 0)
      #expect(run.output.hasSuffix(evaluation.output))
      #expect(evaluation.output.split(separator: "\n").count == 14)

      let test = try #require(Dataset.load("digits").test as? Split)
      var paths: [String] = []
      for index in 0..<20 {
        let pixels = test.image(at: index).pixels.map { UInt8(Int($0) * 255 / 16) }
        paths.append(folder.path("\(index).pgm"))
        try AtomicFile.write(Array("P5 8 8 255\n".utf8) + pixels, to: paths[index])
      }
      let prediction = try Deltacl(["predict", folder.path("run/model.safetensors"), "--top", "1"] + paths)
      #expect(prediction.status == 0)
      let lines = prediction.output.split(separator: "\n")
      try #require(lines.count == 20)
      let right = lines.indices.count { lines[$0].hasPrefix("\(paths[$0]): \(test.labels[$0]) ") }
      #expect(right >= 18)
    }

    @Test func filesHoldWhatTheRunDid() throws {
      let folder = try TemporaryFolder()
      let run = try Deltacl.train(folder.path("run"), "--max-steps", "30", "--batch-size", "100")
      #expect(run.status == 0, "\(run.errors)")
      #expect(folder.names(in: "run") == Deltacl.trainingFiles)

      let model = try Safetensors(contentsOf: folder.path("run/model.safetensors"))
      let shapes = model.tensors.mapValues(\.shape)
      #expect(shapes["conv1.weight"] == [20, 5, 5, 1])
      #expect(shapes["conv1.bias"] == [20])
      #expect(shapes["dense2.weight"] == [10, 500])
      #expect(model.tensors.values.allSatisfy { $0.dtype == .f32 })
      #expect(model.metadata["layout"]?.contains("KRSC") == true)
      #expect(model.metadata["step"] == "30")
      #expect(folder.bytes("run/best.safetensors") == folder.bytes("run/model.safetensors"))
      let last = try Safetensors(contentsOf: folder.path("run/last.safetensors"))
      #expect(last.tensors["training/optimizer/velocity/conv1.weight"]?.shape == [20, 5, 5, 1])

      struct Record: Decodable {
        let kind: String
        let epoch: Int
        let step: Int
        let loss: Float
        let accuracy: Float
        let testAccuracy: Float?
      }
      let records = try folder.text("run/metrics.jsonl").split(separator: "\n").map {
        try JSONDecoder().decode(Record.self, from: Data($0.utf8))
      }
      let steps = records.filter { $0.kind == "step" }
      // 1437 images make 14 batches of 100 and one of 37.
      #expect(steps.map(\.step) == Array(1...30))
      #expect(steps.map(\.epoch) == (0..<30).map { $0 / 15 + 1 })
      #expect(steps.allSatisfy { $0.loss > 0 && (0...1).contains($0.accuracy) })
      #expect(steps[14].accuracy * 37 == (steps[14].accuracy * 37).rounded())
      let epochs = records.filter { $0.kind == "epoch" }
      #expect(epochs.map(\.step) == [15, 30])
      #expect(run.output.contains(String(format: "\ntest accuracy %.4f\n", epochs.last?.testAccuracy ?? -1)))

      let curves = folder.text("run/curves.svg")
      #expect(curves.hasPrefix("<svg xmlns=") && curves.hasSuffix("</svg>\n"))
      #expect(curves.contains("lenet on digits") && !curves.contains("<script"))
    }

    @Test func oneSeedGivesOneModel() throws {
      let folder = try TemporaryFolder()
      func model(_ name: String, _ arguments: String...) throws -> [UInt8] {
        let run = try Deltacl(
          ["train", "--dataset", "digits", "--max-steps", "25", "--output", folder.path(name)] + arguments)
        #expect(run.status == 0)
        return folder.bytes("\(name)/model.safetensors")
      }
      let first = try model("first")
      #expect(!first.isEmpty)
      #expect(try model("again") == first)
      #expect(try model("same", "--seed", "1") == first)
      #expect(try model("seed", "--seed", "2") != first)
      #expect(try model("order", "--no-shuffle") != first)
    }

    @Test func initialWeightsAreTheStart() throws {
      let folder = try TemporaryFolder()
      #expect(try Deltacl.train(folder.path("first"), "--max-steps", "20").status == 0)
      let model = folder.path("first/model.safetensors")
      let next = try Deltacl.train(
        folder.path("next"), "--max-steps", "1", "--learning-rate", "1e-30", "--initial-weights", model)
      #expect(next.status == 0, "\(next.errors)")
      let (before, after) = (
        try Safetensors(contentsOf: model), try Safetensors(contentsOf: folder.path("next/model.safetensors"))
      )
      #expect(before.tensors == after.tensors)

      var other = before
      other.tensors["dense2.bias"] = try .floats([11], Array(repeating: 0, count: 11))
      other.tensors["conv1.bias"] = nil
      try other.write(to: folder.path("other"))
      let run = try Deltacl.train(folder.path("none"), "--initial-weights", folder.path("other"))
      run.expectFailure(saying: "dense2.bias must have the shape [10], not [11]")
      #expect(run.errors.contains("conv1.bias is missing"))
      #expect(folder.names(in: "none").isEmpty)
    }

    @Test func standardOutputThatFailsLosesNothing() throws {
      let folder = try TemporaryFolder()
      for (name, shell, reason) in [
        ("full", "exec > /dev/full;", "No space left"), ("closed", "exec >&-;", "Bad file descriptor"),
      ] {
        let run = try Deltacl(
          ["train", "--dataset", "digits", "--epochs", "2", "--output", folder.path(name)], shell: shell)
        run.expectFailure(saying: "cannot write to standard output: \(reason)")
        #expect(run.errors.contains("the training goes on"))
        #expect(folder.names(in: name) == Deltacl.trainingFiles)
        #expect(try Safetensors(contentsOf: folder.path("\(name)/model.safetensors")).metadata["epoch"] == "2")
      }
      // A pipe whose reader has gone, as after `| head`.
      let pipe = try Deltacl(
        ["train", "--dataset", "digits", "--epochs", "1", "--output", folder.path("pipe")],
        shell: #"mkfifo "$PWD/p"; true < "$PWD/p" & exec > "$PWD/p"; wait;"#)
      pipe.expectFailure(saying: "cannot write to standard output: Broken pipe")
      #expect(folder.names(in: "pipe") == Deltacl.trainingFiles)
    }

    @Test func divergenceLeavesEarlierFilesAlone() throws {
      let folder = try TemporaryFolder()
      #expect(try Deltacl.train(folder.path("run"), "--max-steps", "3").status == 0)
      let before = Deltacl.trainingFiles.map { folder.bytes("run/\($0)") }
      try Deltacl.train(folder.path("run"), "--learning-rate", "1e30").expectFailure(saying: "lower the learning rate")
      #expect(Deltacl.trainingFiles.map { folder.bytes("run/\($0)") } == before)
      #expect(folder.names(in: "run") == Deltacl.trainingFiles)

      // One step, whose loss is finite as the parameters are afterwards: only the evaluation tells.
      let arguments = ["--max-steps", "1", "--learning-rate", "1e30"]
      for name in ["run", "new"] {
        let run = try Deltacl(["train", "--dataset", "digits", "--output", folder.path(name)] + arguments)
        run.expectFailure(saying: "the test loss became")
      }
      #expect(Deltacl.trainingFiles.map { folder.bytes("run/\($0)") } == before)
      #expect(folder.names(in: "run") == Deltacl.trainingFiles)
      #expect(folder.names(in: "new").isEmpty)
    }

    @Test func fullDiskLeavesEarlierFilesAlone() throws {
      let folder = try TemporaryFolder()
      #expect(try Deltacl.train(folder.path("run"), "--max-steps", "3").status == 0)
      let before = Deltacl.trainingFiles.map { folder.bytes("run/\($0)") }
      // 3000 blocks of 512 bytes hold what a driver's compiler writes, and not the model of 1.7 MB.
      try Deltacl(
        ["train", "--dataset", "digits", "--max-steps", "4", "--output", folder.path("run")], shell: "ulimit -f 3000;"
      ).expectFailure(saying: ".safetensors: cannot write")
      #expect(Deltacl.trainingFiles.map { folder.bytes("run/\($0)") } == before)
      #expect(folder.names(in: "run") == Deltacl.trainingFiles)
    }

    @Test func impossibleOutputFolderIsFoundBeforeTraining() throws {
      let folder = try TemporaryFolder()
      try AtomicFile.write("", to: folder.path("file"))
      try FileSystem.createFolder(folder.path("run/model.safetensors"))
      try FileSystem.createFolder(folder.path("curves/curves.svg"))
      try FileSystem.createFolder(folder.path("pipe"))
      #expect(mkfifo(folder.path("pipe/metrics.jsonl"), 0o666) == 0)
      for (output, words) in [
        (folder.path("curves"), "curves.svg: is a folder where a file is to be written"),
        (folder.path("pipe"), "metrics.jsonl: cannot write: it is not a regular file"),
        (folder.path("file"), "a file of that name exists"), (folder.path("file/run"), "file"),
        ("/proc/run", "/proc/run: cannot"), (folder.path("run"), "is a folder where a file is to be written"),
      ] {
        let run = try Deltacl.train(output)
        run.expectFailure(saying: words)
        #expect(run.output.isEmpty)
      }
    }

    @Test func missingOrLyingDataIsAFailure() throws {
      let folder = try TemporaryFolder()
      func expectFailure(saying words: String) throws {
        try Deltacl("train", "--dataset", folder.url.path, "--output", folder.path("run")).expectFailure(saying: words)
        #expect(folder.names(in: "run").isEmpty)
      }
      try Deltacl("train", "--dataset", folder.path("none"), "--output", folder.path("run"))
        .expectFailure(saying: "is neither a data set (fashion-mnist, digits) nor a folder")
      try expectFailure(saying: "no file train-images-idx3-ubyte as MNIST")

      func idx(_ dimensions: [UInt8], _ elements: [UInt8]) -> [UInt8] {
        [0, 0, 8, UInt8(dimensions.count)] + dimensions.flatMap { [0, 0, 0, $0] } + elements
      }
      let images = idx([2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8])
      for name in ["train", "t10k"] {
        try AtomicFile.write(images, to: folder.path("\(name)-images-idx3-ubyte"))
        try AtomicFile.write(idx([2], [0, 1]), to: folder.path("\(name)-labels-idx1-ubyte"))
      }
      let run = try Deltacl("train", "--dataset", folder.url.path, "--output", folder.path("good"), "--epochs", "1")
      #expect(run.status == 0, "\(run.errors)")

      try AtomicFile.write(images.dropLast(), to: folder.path("train-images-idx3-ubyte"))
      try expectFailure(saying: "train-images-idx3-ubyte: has 23 bytes where its header (2 x 2 x 2) asks for 24")
      try AtomicFile.write(images, to: folder.path("train-images-idx3-ubyte"))
      try AtomicFile.write(idx([3], [0, 1, 0]), to: folder.path("train-labels-idx1-ubyte"))
      try expectFailure(saying: "3 labels")
      try AtomicFile.write([0x1f, 0x8b, 8, 0], to: folder.path("train-labels-idx1-ubyte"))
      try expectFailure(saying: "train-labels-idx1-ubyte: ")
    }

    @Test func tooLargeABatchForTheDeviceIsAFailure() throws {
      let folder = try TemporaryFolder()
      let run = try Deltacl(
        "train", "--batch-size", "20000", "--device", "0:0", "--output", folder.path("run"),
        environment: ["POCL_MEMORY_LIMIT": "1"])
      run.expectFailure(saying: "smaller batch")
      #expect(folder.names(in: "run").isEmpty)
    }

    @Test func copiedBinaryWorksElsewhere() throws {
      let folder = try TemporaryFolder()
      let copy = folder.url.appendingPathComponent("elsewhere")
      try FileManager.default.copyItem(at: Deltacl.executable, to: copy)
      let run = try Deltacl(
        ["train", "--dataset", "digits", "--max-steps", "2", "--output", folder.path("run")], executable: copy)
      #expect(run.status == 0, "\(run.errors)")
      #expect(folder.names(in: "run") == Deltacl.trainingFiles)
    }
  }
}
