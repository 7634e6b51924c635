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
      for (signal, status) in [(SIGINT, Int32(130)), (SIGTERM, 143), (SIGHUP, 129)] {
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

        // The command that is printed loses nothing: it makes the epochs that remain, in another folder.
        let model = try Safetensors(contentsOf: folder.path("a run/model.safetensors"))
        let step = try #require(model.metadata["step"].flatMap { Int($0) })
        #expect(end.errors.contains("--epochs \(100_000 - step / 23) "))
        #expect(end.errors.contains("--output '\(folder.path("a run-2"))'"))
        #expect(end.errors.contains("momentum and the order of the images start anew"))
      }
    }

    @Test func hangupIsIgnoredUnderNohup() throws {
      let folder = try TemporaryFolder()
      let run = try RunningDeltacl(
        ["train", "--dataset", "digits", "--epochs", "2", "--output", folder.path("run")], shell: "trap '' HUP;")
      run.waitFor("images to train on")
      run.send(SIGHUP)
      #expect(try run.wait().status == 0)
    }

    @Test func printedContinuationMakesWhatRemains() throws {
      let folder = try TemporaryFolder()
      let run = try RunningDeltacl([
        "train", "--dataset", "digits", "--max-steps", "1000", "--epochs", "100000", "--batch-size", "1437", "--output",
        folder.path("it's"),
      ])
      run.waitFor("epoch 2/100000")
      run.send(SIGINT)
      let end = try run.wait()
      try #require(end.status == 130)
      let files = ["it's/metrics.jsonl", "it's/model.safetensors"]
      let before = files.map { folder.bytes($0) }
      let step = try #require(
        Int(try Safetensors(contentsOf: folder.path("it's/model.safetensors")).metadata["step"] ?? ""))
      let command = try #require(end.errors.split(separator: "deltacl train ").last)
      // The shell reads the words as they were printed, with few enough steps to wait for.
      let next = try Deltacl([], shell: "set -- train \(command.split(separator: "\n")[0]) --max-steps 2;")
      #expect(next.status == 0, "\(next.errors)")
      #expect(command.contains("--max-steps \(1000 - step) "))
      #expect(files.map { folder.bytes($0) } == before)
      #expect(folder.names(in: "it's-2") == Self.files)
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
        #expect(folder.names(in: name) == Self.files)
        #expect(try Safetensors(contentsOf: folder.path("\(name)/model.safetensors")).metadata["epoch"] == "2")
      }
      // A pipe whose reader has gone, as after `| head`.
      let pipe = try Deltacl(
        ["train", "--dataset", "digits", "--epochs", "1", "--output", folder.path("pipe")],
        shell: #"mkfifo "$PWD/p"; true < "$PWD/p" & exec > "$PWD/p"; wait;"#)
      pipe.expectFailure(saying: "cannot write to standard output: Broken pipe")
      #expect(folder.names(in: "pipe") == Self.files)
    }

    @Test func killedRunsLeaveFilesOfOneEpoch() throws {
      struct Record: Decodable {
        let kind: String
        let epoch: Int
        let step: Int
      }
      let folder = try TemporaryFolder()
      for wait in [0, 20, 45, 75, 110, 160] {
        let run = try RunningDeltacl([
          "train", "--dataset", "digits", "--epochs", "100000", "--batch-size", "1437", "--output", folder.path("run"),
        ])
        run.waitFor("epoch 2/100000")
        usleep(UInt32(wait) * 1000)
        run.send(SIGKILL)
        _ = try run.wait()
        let model = try Safetensors(contentsOf: folder.path("run/model.safetensors"))
        let last = try #require(folder.text("run/metrics.jsonl").split(separator: "\n").last)
        let record = try JSONDecoder().decode(Record.self, from: Data(last.utf8))
        #expect(record.kind == "epoch")
        #expect("\(record.epoch)" == model.metadata["epoch"] && "\(record.step)" == model.metadata["step"])
        #expect(folder.text("run/curves.svg").hasSuffix("</svg>\n"))
      }
    }

    @Test func folderIsLockedAgainstASecondTraining() throws {
      let folder = try TemporaryFolder()
      let arguments = ["train", "--dataset", "digits", "--epochs", "100000", "--output", folder.path("run")]
      let first = try RunningDeltacl(arguments)
      first.waitFor("epoch 1/100000")
      let second = try Deltacl(arguments)
      second.expectFailure(saying: "\(folder.path("run")): another training, process \(first.processIdentifier), ")
      first.send(SIGKILL)
      _ = try first.wait()
      // A lock dies with its process.
      #expect(try train(folder.path("run"), "--max-steps", "1").status == 0)
      #expect(folder.names(in: "run").filter { !$0.hasPrefix(".deltacl-") } == Self.files)
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

      // One step, whose loss is finite as the parameters are afterwards: only the evaluation tells.
      let arguments = ["--max-steps", "1", "--learning-rate", "1e30"]
      for name in ["run", "new"] {
        let run = try Deltacl(["train", "--dataset", "digits", "--output", folder.path(name)] + arguments)
        run.expectFailure(saying: "the test loss became")
      }
      #expect(Self.files.map { folder.bytes("run/\($0)") } == before)
      #expect(folder.names(in: "run") == Self.files)
      #expect(folder.names(in: "new").isEmpty)
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
      try FileSystem.createFolder(folder.path("curves/curves.svg"))
      try FileSystem.createFolder(folder.path("pipe"))
      #expect(mkfifo(folder.path("pipe/metrics.jsonl"), 0o666) == 0)
      for (output, words) in [
        (folder.path("curves"), "curves.svg: is a folder where a file is to be written"),
        (folder.path("pipe"), "metrics.jsonl: cannot write: it is not a regular file"),
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
      // The names of tensors come from a file too.
      try expectFailure(saying: #"a\u{1B}[31mb\u{9B}c is unknown"#) {
        $0.tensors["a\u{1B}[31mb\u{9B}c"] = try .floats([1], [0])
      }

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

    @Test func weightsThatAreNotFiniteAreFailures() throws {
      let folder = try TemporaryFolder()
      #expect(try train(folder.path("run"), "--max-steps", "1").status == 0)
      let model = try Safetensors(contentsOf: folder.path("run/model.safetensors"))
      try AtomicFile.write(Array("P5 2 2 255\nabcd".utf8), to: folder.path("a.pgm"))
      let damaged = folder.path("damaged")
      for (name, index, count, value, words) in [
        (
          "dense2.weight", 7, 1, Float.nan,
          "'dense2.weight' of shape [10, 500] has 1 values that are not finite, the first nan at 7"
        ),
        (
          "conv1.bias", 0, 3, -Float.infinity,
          "'conv1.bias' of shape [20] has 3 values that are not finite, the first -inf at 0"
        ),
        ("conv2.bias", 49, 1, Float.infinity, "the first inf at 49"),
      ] {
        var file = model
        let tensor = try #require(model.tensors[name])
        var values = try tensor.floats()
        for place in index..<index + count { values[place] = value }
        file.tensors[name] = try .floats(tensor.shape, values)
        try file.write(to: damaged)
        for arguments in [
          ["evaluate", damaged], ["predict", damaged, folder.path("a.pgm")],
          ["train", "--dataset", "digits", "--initial-weights", damaged, "--output", folder.path("none")],
        ] {
          let run = try Deltacl(arguments)
          run.expectFailure(saying: words)
          #expect(run.errors.contains("\(damaged): the tensor"))
          #expect(run.output.isEmpty)
        }
      }
      #expect(folder.names(in: "none").isEmpty)
    }

    @Test func oneBadImageDoesNotLoseTheOthers() throws {
      let folder = try TemporaryFolder()
      #expect(try train(folder.path("run"), "--max-steps", "1").status == 0)
      let good = ["a.pgm", "b.pgm", "c.pgm"].map { folder.path($0) }
      for path in good { try AtomicFile.write(Array("P5 2 2 255\nabcd".utf8), to: path) }
      try AtomicFile.write("", to: folder.path("empty.png"))
      let images = [good[0], folder.path("empty.png"), good[1], folder.path("none.png"), good[2]]
      let run = try Deltacl(["predict", folder.path("run/model.safetensors")] + images)
      #expect(run.status == 1)
      #expect(run.output.split(separator: "\n").map { $0.split(separator: ": ")[0] } == good.map { $0[...] })
      #expect(run.errorLines.count == 2)
      for name in ["empty.png", "none.png"] {
        #expect(run.errorLines.count { $0.hasPrefix("deltacl: error: \(folder.path(name)): ") } == 1)
      }

      struct Prediction: Decodable {
        let image: String
      }
      for (images, expected) in [(images, good), ([images[1]], []), (good, good)] {
        let run = try Deltacl(["predict", folder.path("run/model.safetensors"), "--json"] + images)
        #expect(run.status == (images == good ? 0 : 1))
        #expect(try JSONDecoder().decode([Prediction].self, from: Data(run.output.utf8)).map(\.image) == expected)
      }
    }

    @Test func textsFromFilesCannotCommandATerminal() throws {
      let folder = try TemporaryFolder()
      #expect(try train(folder.path("run"), "--max-steps", "1").status == 0)
      var model = try Safetensors(contentsOf: folder.path("run/model.safetensors"))
      let name = "\u{1B}]0;x\u{07}\u{9B}31m\nb\u{202E}\u{7F}"
      let names = Array(repeating: name, count: 10)
      model.metadata["classes"] = String(decoding: try JSONEncoder().encode(names), as: UTF8.self)
      model.metadata["dataset"] = "digits"
      let path = folder.path("m\u{1B}[2J\n.safetensors")
      try model.write(to: path)
      let image = folder.path("i\u{1B}[2J\n.pgm")
      try AtomicFile.write(Array("P5 2 2 255\nabcd".utf8), to: image)

      func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n" || scalar.properties.generalCategory != .control && scalar != "\u{202E}"
      }
      let escaped = #"\u{1B}]0;x\u{07}\u{9B}31m\nb\u{202E}\u{7F}"#
      let evaluation = try Deltacl("evaluate", path)
      #expect(evaluation.status == 0)
      #expect(evaluation.output.split(separator: "\n").count == 11)
      let prediction = try Deltacl("predict", path, image, "--top", "1")
      #expect(prediction.output.hasSuffix(#"/i\u{1B}[2J\n.pgm: "# + escaped + prediction.output.suffix(8)))
      let missing = try Deltacl("predict", path, folder.path("\u{1B}none"))
      let json = try Deltacl("predict", path, image, "--json")
      #expect(json.output.contains(#"\u001b]0;x\u0007\u009b31m\nb"#))
      for run in [
        evaluation, prediction, missing, json, try Deltacl("evaluate", path, "--json"),
        try Deltacl("evaluate", folder.path("\u{1B}none")), try Deltacl("train", "--\u{1B}[2J"),
        try Deltacl("train", "--network", "\u{9B}2J"),
        try Deltacl(
          "train", "--dataset", "digits", "--max-steps", "1", "--output", folder.path("\u{1B}run"), "--initial-weights",
          folder.path("run/model.safetensors")),
      ] {
        let text = run.output + run.errors
        #expect(text.unicodeScalars.allSatisfy(isHarmless), "\(text.debugDescription)")
      }
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
