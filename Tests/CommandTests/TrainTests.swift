import DeltaCLData
import Foundation
import Testing

extension CommandTests {
  @Suite struct TrainTests {
    private static let files = ["curves.svg", "metrics.jsonl", "model.safetensors"]

    private func train(_ output: String, _ arguments: String..., environment: [String: String] = [:]) throws -> Deltacl
    {
      try Deltacl(["train", "--dataset", "digits", "--output", output] + arguments, environment: environment)
    }

    @Test func digitsAreLearntEvaluatedAndPredicted() throws {
      let folder = try TemporaryFolder()
      let run = try train(folder.path("run"))
      #expect(run.status == 0, "\(run.errors)")
      let accuracyLine = try #require(run.output.split(separator: "\n").first { $0.hasPrefix("test accuracy ") })
      let match = try #require(accuracyLine.wholeMatch(of: /test accuracy (\d\.\d{4})/))
      #expect(try #require(Float(match.1)) >= 0.95)

      let evaluation = try Deltacl("evaluate", folder.path("run/model.safetensors"))
      #expect(evaluation.status == 0)
      #expect(run.output.hasSuffix(evaluation.output))
      #expect(evaluation.output.split(separator: "\n").count == 11)

      let test = try Dataset.load("digits").test
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
      let run = try train(folder.path("run"), "--max-steps", "30", "--batch-size", "100")
      #expect(run.status == 0, "\(run.errors)")
      #expect(folder.names(in: "run") == Self.files)

      let model = try Safetensors(contentsOf: folder.path("run/model.safetensors"))
      let shapes = model.tensors.mapValues(\.shape)
      #expect(shapes["conv1.weight"] == [20, 5, 5, 1])
      #expect(shapes["conv1.bias"] == [20])
      #expect(shapes["dense2.weight"] == [10, 500])
      #expect(model.tensors.values.allSatisfy { $0.dtype == .f32 })
      #expect(model.metadata["layout"]?.contains("KRSC") == true)
      #expect(model.metadata["step"] == "30")

      struct Record: Decodable {
        let kind: String
        let epoch: Int
        let step: Int
        let loss: Float
        let accuracy: Float
        let test_accuracy: Float?
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
      #expect(run.output.contains(String(format: "\ntest accuracy %.4f\n", epochs.last?.test_accuracy ?? -1)))

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
      #expect(try train(folder.path("first"), "--max-steps", "20").status == 0)
      let model = folder.path("first/model.safetensors")
      let next = try train(
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
      let run = try train(folder.path("none"), "--initial-weights", folder.path("other"))
      run.expectFailure(saying: "dense2.bias must have the shape [10], not [11]")
      #expect(run.errors.contains("conv1.bias is missing"))
      #expect(folder.names(in: "none").isEmpty)
    }

    @Test func interruptionSavesAndSaysHowToGoOn() throws {
      for (signal, status) in [(SIGINT, Int32(130)), (SIGTERM, 143)] {
        let folder = try TemporaryFolder()
        let run = try RunningDeltacl([
          "train", "--dataset", "digits", "--epochs", "100000", "--output", folder.path("a run"),
        ])
        run.waitFor("epoch 1/100000")
        run.send(signal)
        let end = try run.wait()
        #expect(end.status == status)
        #expect(!end.output.contains("\ntest accuracy"))
        #expect(end.errors.contains("stopped after step"))
        #expect(end.errors.contains("--initial-weights '\(folder.path("a run/model.safetensors"))'"))
        #expect(folder.names(in: "a run") == Self.files)
        #expect(try Deltacl("evaluate", folder.path("a run/model.safetensors")).status == 0)
      }
    }

    @Test func secondInterruptionLeavesAtOnce() throws {
      let folder = try TemporaryFolder()
      // A step of the reference backend lasts long enough for two signals.
      let run = try RunningDeltacl([
        "train", "--dataset", "digits", "--batch-size", "1437", "--device", "reference", "--output", folder.path("run"),
      ])
      run.waitFor("images to train on")
      run.send(SIGINT)
      run.waitFor("once more to leave at once")
      run.send(SIGINT)
      #expect(try run.wait().status == 130)
      #expect(folder.names(in: "run").isEmpty)
    }

    @Test func divergenceLeavesEarlierFilesAlone() throws {
      let folder = try TemporaryFolder()
      #expect(try train(folder.path("run"), "--max-steps", "3").status == 0)
      let before = Self.files.map { folder.bytes("run/\($0)") }
      try train(folder.path("run"), "--learning-rate", "1e30").expectFailure(saying: "lower the learning rate")
      #expect(Self.files.map { folder.bytes("run/\($0)") } == before)
      #expect(folder.names(in: "run") == Self.files)
    }

    @Test func fullDiskLeavesEarlierFilesAlone() throws {
      let folder = try TemporaryFolder()
      #expect(try train(folder.path("run"), "--max-steps", "3").status == 0)
      let before = Self.files.map { folder.bytes("run/\($0)") }
      // 3000 blocks of 512 bytes hold what a driver's compiler writes, and not the model of 1.7 MB.
      try Deltacl(
        ["train", "--dataset", "digits", "--max-steps", "4", "--output", folder.path("run")], shell: "ulimit -f 3000;"
      ).expectFailure(saying: "model.safetensors: cannot write")
      #expect(Self.files.map { folder.bytes("run/\($0)") } == before)
      #expect(folder.names(in: "run") == Self.files)
    }

    @Test func impossibleOutputFolderIsFoundBeforeTraining() throws {
      let folder = try TemporaryFolder()
      try AtomicFile.write("", to: folder.path("file"))
      try FileSystem.createFolder(folder.path("run/model.safetensors"))
      for (output, words) in [
        (folder.path("file"), "a file of that name exists"), (folder.path("file/run"), "file"),
        ("/proc/run", "/proc/run: cannot"), (folder.path("run"), "is a folder where a file is to be written"),
      ] {
        let run = try train(output)
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
      try expectFailure(saying: "has no file train-images-idx3-ubyte")

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

    @Test func wrongModelsAndImagesAreFailures() throws {
      let folder = try TemporaryFolder()
      #expect(try train(folder.path("run"), "--max-steps", "1").status == 0)
      let path = folder.path("run/model.safetensors")
      let model = try Safetensors(contentsOf: path)
      func expectFailure(saying words: String, _ change: (inout Safetensors) throws -> Void) throws {
        var damaged = model
        try change(&damaged)
        try damaged.write(to: folder.path("damaged"))
        for command in [["evaluate", folder.path("damaged")], ["predict", folder.path("damaged"), path]] {
          try Deltacl(command).expectFailure(saying: words)
        }
      }
      try expectFailure(saying: "is not a model") { $0.metadata = [:] }
      try expectFailure(saying: "lacks 'network'") { $0.metadata["network"] = nil }
      try expectFailure(saying: "no network named 'x'") { $0.metadata["network"] = "x" }
      try expectFailure(saying: "impossible 'input'") { $0.metadata["input"] = "28x0x1" }
      try expectFailure(saying: "takes images of 8x8x1") { $0.metadata["input"] = "8x8x1" }
      try expectFailure(saying: "impossible 'classes'") { $0.metadata["classes"] = "[1]" }
      try expectFailure(saying: "dense2.bias must have the shape [2]") { $0.metadata["classes"] = #"["a","b"]"# }
      try expectFailure(saying: "impossible 'normalization_mean'") { $0.metadata["normalization_mean"] = "nan" }
      try expectFailure(saying: "format 2") { $0.metadata["format_version"] = "2" }
      try expectFailure(saying: "conv1.bias is missing") { $0.tensors["conv1.bias"] = nil }

      try AtomicFile.write(Array(folder.bytes("run/model.safetensors").dropLast(5)), to: folder.path("short"))
      try Deltacl("evaluate", folder.path("short")).expectFailure(saying: "short: ")
      try Deltacl("predict", path, folder.path("none.png")).expectFailure(saying: "No such file")
      try Deltacl("predict", path, path).expectFailure(saying: "is not an image")
      try AtomicFile.write("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", to: folder.path("lfs"))
      try Deltacl("predict", path, folder.path("lfs")).expectFailure(saying: "is a Git LFS pointer")
      try Deltacl("evaluate", folder.path("lfs")).expectFailure(saying: "is a Git LFS pointer")
      let long = try Deltacl("predict", path, String(repeating: "x", count: 100_000))
      long.expectFailure(saying: "File name too long")
      #expect(long.errors.utf8.count < 2200)
      try AtomicFile.write([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], to: folder.path("a.png"))
      try Deltacl("predict", path, folder.path("a.png")).expectFailure(saying: "a.png: ")
      try AtomicFile.write("P5 4 4 255\nabc", to: folder.path("a.pgm"))
      try Deltacl("predict", path, folder.path("a.pgm")).expectFailure(saying: "a.pgm: ")
    }

    @Test func copiedBinaryWorksElsewhere() throws {
      let folder = try TemporaryFolder()
      let copy = folder.url.appendingPathComponent("elsewhere")
      try FileManager.default.copyItem(at: Deltacl.executable, to: copy)
      let run = try Deltacl(
        ["train", "--dataset", "digits", "--max-steps", "2", "--output", folder.path("run")], executable: copy)
      #expect(run.status == 0, "\(run.errors)")
      #expect(folder.names(in: "run") == Self.files)
    }
  }
}
