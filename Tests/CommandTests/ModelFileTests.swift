import DeltaCLData
import Foundation
import Testing

extension CommandTests {
  /// Models and images that are damaged, impossible or hostile.
  @Suite struct ModelFileTests {
    @Test func wrongModelsAndImagesAreFailures() throws {
      let folder = try TemporaryFolder()
      #expect(try Deltacl.train(folder.path("run"), "--max-steps", "1").status == 0)
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
      try expectFailure(saying: "takes images of 28x28x3") { $0.metadata["input"] = "28x28x3" }
      try expectFailure(saying: "dense1.weight must have the shape") { $0.metadata["input"] = "32x32x1" }
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
      #expect(try Deltacl.train(folder.path("run"), "--max-steps", "1").status == 0)
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
      #expect(try Deltacl.train(folder.path("run"), "--max-steps", "1").status == 0)
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
      #expect(try Deltacl.train(folder.path("run"), "--max-steps", "1").status == 0)
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
      #expect(evaluation.output.split(separator: "\n").count == 14)
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
  }
}
