import DeltaCLData
import Foundation
import Testing

extension CommandTests {
  @Suite struct OpTests {
    /// An operation with its results worked out by hand.
    struct Example: CustomTestStringConvertible {
      let name: String
      let attributes: [String]
      let inputs: [String: Safetensors.Tensor]
      let outputs: [String: Safetensors.Tensor]

      var testDescription: String { ([name] + attributes).joined(separator: " ") }

      init(
        _ name: String, _ attributes: [String] = [], _ inputs: [String: Safetensors.Tensor],
        gives outputs: [String: Safetensors.Tensor]
      ) {
        self.name = name
        self.attributes = attributes
        self.inputs = inputs
        self.outputs = outputs
      }
    }

    static func examples() throws -> [Example] {
      let image = try Safetensors.Tensor.floats([1, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9])
      let ones = try Safetensors.Tensor.floats([1, 2, 2, 1], [1, 1, 1, 1])
      let square = try Safetensors.Tensor.floats([1, 2, 2, 1], [1, 2, 3, 4])
      let plane = try Safetensors.Tensor.floats([1, 4, 4, 1], [1, 2, 5, 3, 4, 0, 1, 5, 7, 7, 0, 0, 7, 6, 0, 0])
      let argmax = try Safetensors.Tensor.int32s([1, 2, 2, 1], [4, 2, 8, 10])
      let rows = try Safetensors.Tensor.floats([2, 3], [1, 2, 3, 4, 5, 6])
      let weights = try Safetensors.Tensor.floats([2, 3], [1, 0, 0, 1, 1, 1])
      let signs = try Safetensors.Tensor.floats([1, 3], [-1, 0, 2])
      let delta = try Safetensors.Tensor.floats([1, 3], [5, 6, 7])
      let column = try Safetensors.Tensor.floats([4, 1], [1, 2, 3, 6])
      let normalized = try Safetensors.Tensor.floats([4, 1], [-1, 0, 1, 4])
      let step = try Safetensors.Tensor.int32s([1], [7])
      let examples: [Example] = try [
        Example(
          "convolution", ["stride=1"], ["x": image, "w": ones], gives: ["y": .floats([1, 2, 2, 1], [12, 16, 24, 28])]),
        Example(
          "convolution", [], ["x": image, "w": ones, "b": .floats([1], [10])],
          gives: ["y": .floats([1, 2, 2, 1], [22, 26, 34, 38])]),
        Example(
          "convolution", ["stride=2x1", "padding=1,0,0,1"], ["x": image, "w": ones],
          gives: ["y": .floats([1, 2, 3, 1], [3, 5, 3, 24, 28, 15])]),
        Example("convolution", ["dilation=2"], ["x": image, "w": ones], gives: ["y": .floats([1, 1, 1, 1], [20])]),
        Example(
          "convolution", ["groups=2"], ["x": .floats([1, 1, 1, 2], [3, 5]), "w": .floats([2, 1, 1, 1], [2, 7])],
          gives: ["y": .floats([1, 1, 1, 2], [6, 35])]),
        Example(
          "convolution", [], ["x": .floats([0, 3, 3, 1], []), "w": ones], gives: ["y": .floats([0, 2, 2, 1], [])]),
        Example(
          "convolution-delta", ["input-size=3x3"], ["dy": square, "w": square],
          gives: ["dx": .floats([1, 3, 3, 1], [1, 4, 4, 6, 20, 16, 9, 24, 16])]),
        Example(
          "convolution-gradient", ["kernel-size=2"], ["x": image, "dy": square],
          gives: ["dw": .floats([1, 2, 2, 1], [37, 47, 67, 77]), "db": .floats([1], [10])]),
        Example(
          "convolution-gradient", ["kernel-size=2"],
          ["x": .floats([0, 3, 3, 1], []), "dy": .floats([0, 2, 2, 1], [])],
          gives: ["dw": .floats([1, 2, 2, 1], [0, 0, 0, 0]), "db": .floats([1], [0])]),
        Example(
          "max-pooling", ["window=2"], ["x": plane],
          gives: ["y": .floats([1, 2, 2, 1], [4, 5, 7, 0]), "argmax": argmax]),
        Example(
          "max-pooling", ["window=1x2", "dilation=1x3", "stride=3x1"], ["x": plane],
          gives: ["y": .floats([1, 2, 1, 1], [3, 7]), "argmax": .int32s([1, 2, 1, 1], [3, 12])]),
        Example(
          "max-pooling-delta", ["window=2", "input-size=4x4"], ["dy": square, "argmax": argmax],
          gives: ["dx": .floats([1, 4, 4, 1], [0, 0, 2, 0, 1, 0, 0, 0, 3, 0, 4, 0, 0, 0, 0, 0])]),
        Example(
          "average-pooling", ["window=2", "padding=1"], ["x": square],
          gives: ["y": .floats([1, 2, 2, 1], [0.25, 0.5, 0.75, 1])]),
        Example(
          "average-pooling", ["window=2", "padding=1", "count-include-padding=false"], ["x": square],
          gives: ["y": square]),
        Example(
          "average-pooling", ["window=2", "ceil-mode=true"], ["x": image],
          gives: ["y": .floats([1, 2, 2, 1], [3, 4.5, 7.5, 9])]),
        // Windows larger than the image.
        Example(
          "average-pooling", ["window=3", "ceil-mode=true"], ["x": square], gives: ["y": .floats([1, 1, 1, 1], [2.5])]),
        Example(
          "max-pooling", ["window=1280", "padding=640", "ceil-mode=true"], ["x": square],
          gives: ["y": .floats([1, 1, 1, 1], [4]), "argmax": .int32s([1, 1, 1, 1], [3])]),
        Example(
          "average-pooling-delta", ["window=1280", "ceil-mode=true", "input-size=2"],
          ["dy": .floats([1, 1, 1, 1], [4])], gives: ["dx": ones]),
        Example(
          "max-pooling-delta", ["window=3", "ceil-mode=true", "input-size=2"],
          ["dy": .floats([1, 1, 1, 1], [4]), "argmax": .int32s([1, 1, 1, 1], [3])],
          gives: ["dx": .floats([1, 2, 2, 1], [0, 0, 0, 4])]),
        Example(
          "average-pooling-delta", ["window=2", "input-size=2"], ["dy": .floats([1, 1, 1, 1], [4])], gives: ["dx": ones]
        ),
        Example(
          "dense", [], ["x": rows, "w": weights, "b": .floats([2], [10, 20])],
          gives: ["y": .floats([2, 2], [11, 26, 14, 35])]),
        Example("dense", [], ["x": rows, "w": weights], gives: ["y": .floats([2, 2], [1, 6, 4, 15])]),
        Example(
          "dense-delta", [], ["dy": .floats([1, 2], [2, 3]), "w": weights], gives: ["dx": .floats([1, 3], [5, 3, 3])]),
        Example(
          "dense-gradient", [], ["x": rows, "dy": .floats([2, 2], [1, 2, 3, 4])],
          gives: ["dw": .floats([2, 3], [13, 17, 21, 18, 24, 30]), "db": .floats([2], [4, 6])]),
        Example(
          "dense", ["activation=relu6"], ["x": rows, "w": weights], gives: ["y": .floats([2, 2], [1, 6, 4, 6])]),
        Example(
          "dense-delta", ["activation=leaky-relu", "slope=0.5"],
          ["dy": .floats([1, 2], [2, 3]), "w": weights, "activated": signs],
          gives: ["dx": .floats([1, 3], [2.5, 1.5, 3])]),
        Example("relu", [], ["x": signs], gives: ["y": .floats([1, 3], [0, 0, 2])]),
        Example("relu", [], ["x": .floats([0, 5], [])], gives: ["y": .floats([0, 5], [])]),
        Example("relu-delta", [], ["x": signs, "dy": delta], gives: ["dx": .floats([1, 3], [0, 0, 7])]),
        Example("relu6", [], ["x": .floats([4], [-1, 3, 6, 7])], gives: ["y": .floats([4], [0, 3, 6, 6])]),
        Example(
          "relu6-delta", [], ["x": .floats([4], [0, 3, 6, 7]), "dy": .floats([4], [1, 2, 3, 4])],
          gives: ["dx": .floats([4], [0, 2, 0, 0])]),
        Example("global-average-pooling", [], ["x": image], gives: ["y": .floats([1, 1, 1, 1], [5])]),
        Example(
          "global-average-pooling-delta", ["input-size=2"], ["dy": .floats([1, 1, 1, 1], [4])], gives: ["dx": ones]),
        Example(
          "batch-normalization", ["epsilon=0.5", "momentum=0.5"],
          [
            "x": column, "weight": .floats([1], [2]), "bias": .floats([1], [1]), "runningMean": .floats([1], [1]),
            "runningVariance": .floats([1], [0]),
          ],
          gives: [
            "y": normalized, "savedMean": .floats([1], [3]), "savedInverseDeviation": .floats([1], [0.5]),
            "runningMean": .floats([1], [2]), "runningVariance": .floats([1], [7 / 3]),
          ]),
        Example(
          "batch-normalization-delta", [],
          [
            "x": column, "dy": .floats([4, 1], [1, 0, 0, 0]), "weight": .floats([1], [2]),
            "savedMean": .floats([1], [3]),
            "savedInverseDeviation": .floats([1], [0.5]),
          ],
          gives: [
            "dx": .floats([4, 1], [0.5, -0.375, -0.25, 0.125]), "dweight": .floats([1], [-1]),
            "dbias": .floats([1], [1]),
          ]),
        // The mean is 1000000.03125, of which savedMean holds 1000000, so that the deviations are -0.03125 and 0.03125.
        Example(
          "batch-normalization-delta", [],
          [
            "x": .floats([2, 1], [1_000_000, 1_000_000.0625]), "dy": .floats([2, 1], [1, 0]),
            "weight": .floats([1], [1]),
            "savedMean": .floats([1], [1_000_000]), "savedInverseDeviation": .floats([1], [16]),
          ],
          gives: [
            "dx": .floats([2, 1], [6, -6]), "dweight": .floats([1], [-0.5]), "dbias": .floats([1], [1]),
          ]),
        Example(
          "batch-normalization-delta", ["activation=relu"],
          [
            "x": .floats([2, 1], [1_000_000, 1_000_000.0625]), "dy": .floats([2, 1], [1, 4]),
            "weight": .floats([1], [1]),
            "bias": .floats([1], [-0.25]), "savedMean": .floats([1], [1_000_000]),
            "savedInverseDeviation": .floats([1], [16]),
          ],
          gives: [
            "dx": .floats([2, 1], [-24, 24]), "dweight": .floats([1], [2]), "dbias": .floats([1], [4]),
          ]),
        Example(
          "batch-normalization-inference", ["epsilon=0.5"],
          [
            "x": column, "weight": .floats([1], [2]), "bias": .floats([1], [1]), "runningMean": .floats([1], [3]),
            "runningVariance": .floats([1], [3.5]),
          ], gives: ["y": normalized]),
        Example(
          "multiply-channels", ["activation=relu"], ["x": rows, "s": .floats([3], [2, -1, 0.5])],
          gives: ["y": .floats([2, 3], [2, 0, 1.5, 8, 0, 3])]),
        Example(
          "multiply-channels-delta", [],
          ["dy": .floats([1, 2, 1, 3], [1, 2, 3, 4, 5, 6]), "s": .floats([3], [2, -1, 0.5])],
          gives: ["dx": .floats([1, 2, 1, 3], [2, -2, 1.5, 8, -5, 3])]),
        Example(
          "multiply-channels-gradient", [], ["x": rows, "dy": .floats([2, 3], [1, 0, -1, 2, 3, 0])],
          gives: ["ds": .floats([3], [9, 15, -3])]),
        Example("dropout", ["probability=0", "seed=9"], ["x": column, "step": step], gives: ["y": column]),
        Example(
          "dropout-delta", ["probability=1", "layer=2"], ["dy": column, "step": step],
          gives: ["dx": .floats([4, 1], [0, 0, 0, 0])]),
        Example("leaky-relu", ["slope=0.5"], ["x": signs], gives: ["y": .floats([1, 3], [-0.5, 0, 2])]),
        Example(
          "leaky-relu-delta", ["slope=0.5"], ["x": signs, "dy": delta], gives: ["dx": .floats([1, 3], [2.5, 3, 7])]),
        Example("sigmoid", [], ["x": .floats([1], [0])], gives: ["y": .floats([1], [0.5])]),
        Example(
          "sigmoid-delta", [], ["x": .floats([1], [0]), "dy": .floats([1], [4])], gives: ["dx": .floats([1], [1])]),
        Example("tanh", [], ["x": .floats([1], [0])], gives: ["y": .floats([1], [0])]),
        Example("tanh-delta", [], ["x": .floats([1], [0]), "dy": .floats([1], [4])], gives: ["dx": .floats([1], [4])]),
        Example(
          "add", [], ["a": .floats([2, 1], [1, 2]), "b": .floats([3], [10, 20, 30])],
          gives: ["y": .floats([2, 3], [11, 21, 31, 12, 22, 32])]),
        Example("divide", [], ["a": .floats([], [3]), "b": .floats([], [4])], gives: ["y": .floats([], [0.75])]),
        Example(
          "where", [],
          ["condition": .floats([2], [0, 1]), "a": .floats([1], [5]), "b": .floats([3, 1], [1, 2, 3])],
          gives: ["y": .floats([3, 2], [1, 5, 2, 5, 3, 5])]),
        Example("clip", ["minimum=-0.5"], ["x": signs], gives: ["y": .floats([1, 3], [-0.5, 0, 2])]),
        Example(
          "gelu", ["approximate=tanh"], ["x": .floats([2], [0, 1])], gives: ["y": .floats([2], [0, 0.841192])]),
        Example(
          "elu-delta", ["alpha=2"], ["x": signs, "dy": delta],
          gives: ["dx": .floats([1, 3], [10 * 0.36787944, 12, 7])]),
        Example(
          "reduce-sum", ["axes=0"], ["x": rows], gives: ["y": .floats([3], [5, 7, 9])]),
        Example(
          "reduce-mean", ["axes=-1", "keep-axes=true"], ["x": rows], gives: ["y": .floats([2, 1], [2, 5])]),
        Example("reduce-l2", [], ["x": .floats([2], [3, 4])], gives: ["y": .floats([], [5])]),
        Example("arg-max", ["axes=1"], ["x": weights], gives: ["y": .int32s([2], [0, 0])]),
        Example(
          "softmax-cross-entropy", [], ["logits": .floats([2, 2], [0, 0, 0, 0]), "labels": .int32s([2], [0, 1])],
          gives: ["loss": .floats([], [0.6931472]), "dlogits": .floats([2, 2], [-0.25, 0.25, 0.25, -0.25])]),
        Example(
          "softmax-cross-entropy", [], ["logits": .floats([0, 2], []), "labels": .int32s([0], [])],
          gives: ["loss": .floats([], [.nan]), "dlogits": .floats([0, 2], [])]),
      ]
      return try examples + layoutExamples()
    }

    @Test(arguments: try examples(), ["auto", "reference"])
    func resultsAreThoseWorkedOutByHand(_ example: Example, device: String) throws {
      let folder = try TemporaryFolder()
      let input = try folder.write(example.inputs)
      let run = try Deltacl(
        ["op", example.name, "--input", input, "--output", folder.path("out"), "--device", device]
          + example.attributes.flatMap { ["--attribute", $0] })
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.isEmpty && run.errors.isEmpty)
      let outputs = try Safetensors(contentsOf: folder.path("out"))
      #expect(outputs.names == example.outputs.keys.sorted())
      for (name, expected) in example.outputs {
        let output = try outputs.tensor(name)
        #expect(output.dtype == expected.dtype)
        #expect(output.shape == expected.shape)
        if expected.dtype == .i32 {
          #expect(try output.int32s() == expected.int32s())
        } else {
          for (value, wanted) in zip(try output.floats(), try expected.floats()) {
            #expect(wanted.isNaN ? value.isNaN : abs(value - wanted) <= 1e-6 * abs(wanted))
          }
        }
      }
    }

    /// An operation on tensors that do not fit it.
    struct Misfit: CustomTestStringConvertible {
      let name: String
      let attributes: [String]
      let inputs: [String: Safetensors.Tensor]
      let words: String

      var testDescription: String { words }
    }

    static func misfits() throws -> [Misfit] {
      let image = try Safetensors.Tensor.floats([1, 3, 3, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9])
      let kernel = try Safetensors.Tensor.floats([1, 2, 2, 1], [1, 1, 1, 1])
      let wide = try Safetensors.Tensor.floats([1, 1, 1, 2], [1, 1])
      return try [
        Misfit(name: "convolution", attributes: [], inputs: ["x": image], words: "has no tensor 'w'; it has: x"),
        Misfit(
          name: "convolution", attributes: [], inputs: ["x": .floats([9], Array(repeating: 1, count: 9)), "w": kernel],
          words: "x has the shape [9] and must be [N, H, W, C]"),
        Misfit(
          name: "convolution", attributes: [], inputs: ["x": .int32s([1, 1, 1, 1], [1]), "w": kernel], words: "I32"),
        Misfit(
          name: "convolution", attributes: [], inputs: ["x": kernel, "w": image], words: "the window covers 3 cells"),
        Misfit(
          name: "convolution", attributes: [], inputs: ["x": image, "w": wide], words: "x has 1 channels and w takes 2"),
        Misfit(
          name: "convolution", attributes: ["groups=2"], inputs: ["x": wide, "w": .floats([1, 1, 1, 1], [1])],
          words: "2 groups must divide"),
        Misfit(
          name: "convolution", attributes: [], inputs: ["x": image, "w": kernel, "b": .floats([2], [1, 1])],
          words: "b has the shape [2]"),
        Misfit(
          name: "convolution", attributes: ["padding=4611686018427387904"], inputs: ["x": image, "w": kernel],
          words: "padding 4611686018427387904 must be at most"),
        Misfit(
          name: "convolution-delta", attributes: ["input-size=9"], inputs: ["dy": kernel, "w": kernel],
          words: "dy has the shape [1, 2, 2, 1], where the other tensors and attributes ask for [1, 8, 8, 1]"),
        Misfit(
          name: "convolution-gradient", attributes: ["kernel-size=2"],
          inputs: ["x": image, "dy": .floats([2, 2, 2, 1], Array(repeating: 1, count: 8))], words: "dy has the shape"),
        Misfit(
          name: "max-pooling", attributes: ["window=4"], inputs: ["x": image], words: "the window covers 4 cells"),
        Misfit(
          name: "max-pooling", attributes: ["window=1", "padding=1"], inputs: ["x": image], words: "wholly in padding"),
        Misfit(
          name: "max-pooling-delta", attributes: ["window=3", "input-size=3"],
          inputs: ["dy": .floats([1, 1, 1, 1], [1]), "argmax": .int32s([1, 1, 1, 1], [9])],
          words: "argmax has the value 9 at 0; it must be from 0 to 8"),
        Misfit(
          name: "dense", attributes: [], inputs: ["x": .floats([1, 2], [1, 1]), "w": .floats([1, 3], [1, 1, 1])],
          words: "x has the shape [1, 2]"),
        Misfit(
          name: "transposed-convolution", attributes: ["output-padding=1"], inputs: ["x": image, "w": kernel],
          words: "less than the stride 1"),
        Misfit(
          name: "top-k", attributes: ["k=4"], inputs: ["x": .floats([3], [1, 2, 3])], words: "from 0 to 3"),
        Misfit(
          name: "gather", attributes: [], inputs: ["x": image, "indices": .int32s([1], [-2])],
          words: "indices has the value -2 at 0; it must be from -1 to 0"),
        Misfit(
          name: "matmul", attributes: [], inputs: ["a": .floats([1, 2], [1, 1]), "b": .floats([1, 2], [1, 1])],
          words: "2 columns and b of shape [1, 2] 1 rows"),
        Misfit(
          name: "multiply-channels", attributes: [], inputs: ["x": image, "s": .floats([3], [1, 1, 1])],
          words: "s has the shape [3], where the other tensors and attributes ask for [1]"),
        Misfit(
          name: "multiply", attributes: [], inputs: ["a": image, "b": .floats([2, 1], [1, 1])],
          words: "multiply: elementwise: the shapes [1, 3, 3, 1], [2, 1] do not broadcast"),
        Misfit(
          name: "reduce-max", attributes: ["axes=4"], inputs: ["x": image],
          words: "reduce-max: there is no axis 4 of the shape [1, 3, 3, 1]"),
        Misfit(
          name: "relu-delta", attributes: [], inputs: ["x": image, "dy": kernel], words: "dy has the shape [1, 2, 2, 1]"
        ),
        Misfit(
          name: "softmax-cross-entropy", attributes: [],
          inputs: ["logits": .floats([1, 2], [0, 0]), "labels": .int32s([1], [2])],
          words: "labels has the value 2 at 0; it must be from 0 to 1"),
        Misfit(
          name: "softmax-cross-entropy", attributes: [],
          inputs: ["logits": .floats([1, 2], [0, 0]), "labels": .floats([1], [0])], words: "F32"),
        Misfit(
          name: "average-pooling-delta", attributes: ["window=65536", "input-size=65536"],
          inputs: ["dy": .floats([1, 1, 1, 1], [1])], words: "[1, 65536, 65536, 1] has more than"),
      ]
    }

    @Test(arguments: try misfits()) func tensorsThatDoNotFitAreAFailure(_ misfit: Misfit) throws {
      let folder = try TemporaryFolder()
      let input = try folder.write(misfit.inputs)
      let run = try Deltacl(
        ["op", misfit.name, "--input", input, "--output", folder.path("out")]
          + misfit.attributes.flatMap { ["--attribute", $0] })
      run.expectFailure(saying: misfit.words)
      #expect(folder.names() == ["in.safetensors"])
    }

    @Test func damagedFilesAreAFailure() throws {
      let folder = try TemporaryFolder()
      let whole = try folder.write(["x": .floats([4], [1, 2, 3, 4])])
      let bytes = folder.bytes("in.safetensors")
      for count in [0, 7, 20, bytes.count - 1] {
        try AtomicFile.write(Array(bytes.prefix(count)), to: whole)
        let run = try Deltacl("op", "relu", "--input", whole, "--output", folder.path("out"))
        run.expectFailure(saying: "in.safetensors: ")
      }
      try Deltacl("op", "relu", "--input", folder.path("none"), "--output", folder.path("out"))
        .expectFailure(saying: "No such file or directory")
      try Deltacl("op", "relu", "--input", folder.url.path, "--output", folder.path("out"))
        .expectFailure(saying: "is a folder; name a file")
      #expect(folder.names() == ["in.safetensors"])
    }

    @Test func outputThatCannotBeWrittenIsAFailure() throws {
      let folder = try TemporaryFolder()
      let input = try folder.write(["x": .floats([1000], Array(repeating: 1, count: 1000))])
      for output in [folder.url.path, "/proc/out", folder.path("none/out"), "\(input)/out"] {
        try Deltacl("op", "relu", "--input", input, "--output", output, "--device", "reference").expectFailure(
          saying: output)
      }
      // The limit is in blocks of 512 bytes.
      try AtomicFile.write("old", to: folder.path("out"))
      try Deltacl(
        "op", "relu", "--input", input, "--output", folder.path("out"), "--device", "reference", shell: "ulimit -f 1;"
      ).expectFailure(saying: "file size limit")
      #expect(folder.text("out") == "old")
      #expect(folder.names() == ["in.safetensors", "out"])
    }

    @Test func deviceOutOfMemoryIsAFailure() throws {
      let folder = try TemporaryFolder()
      let input = try folder.write(["dy": .floats([1, 1, 1, 1], [1])])
      let run = try Deltacl(
        "op", "average-pooling-delta", "--input", input, "--output", folder.path("out"), "--attribute", "window=16384",
        "--attribute", "input-size=16384", "--device", "0:0", environment: ["POCL_MEMORY_LIMIT": "1"])
      run.expectFailure(saying: "smaller batch")
      #expect(folder.names() == ["in.safetensors"])
    }

    /// A sparse file of 12 GB: its header says that it cannot be worked on.
    @Test func tooManyElementsAreRefusedByTheHeader() throws {
      let folder = try TemporaryFolder()
      let header = Array(#"{"x":{"dtype":"F32","shape":[3000000000],"data_offsets":[0,12000000000]}}"#.utf8)
      let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
      try AtomicFile.write(parts: [length, header], to: folder.path("in.safetensors"))
      #expect(truncate(folder.path("in.safetensors"), 8 + header.count + 12_000_000_000) == 0)
      let run = try Deltacl(
        "op", "relu", "--input", folder.path("in.safetensors"), "--output", folder.path("out.safetensors"),
        shell: "ulimit -v 4000000;")
      run.expectFailure(saying: "[3000000000] has more than 2147418111 elements")
    }

    @Test func pathsKeepTheirBytes() throws {
      let folder = try TemporaryFolder()
      let input = try folder.write(["x": .floats([2], [-1, 2])])
      // The shell makes a name that is no UTF-8 and hands it over.
      let rename = "cp \(input) \"$(printf '\(folder.url.path)/i\\375')\";"
      let options = "\"$(printf '\(folder.url.path)/i\\375')\" --output \"$(printf '\(folder.url.path)/o\\376')\""
      let run = try Deltacl(
        "op", "relu", shell: "\(rename) \"$0\" \"$@\" --input \(options) || exit; exec true;")
      #expect(run.status == 0, "\(run.errors)")
      #expect(FileSystem.names(in: folder.url.path).count == 3)
      let output = FileSystem.path(bytes: Array(folder.url.path.utf8) + Array("/o".utf8) + [0o376])
      #expect(try Safetensors(contentsOf: output).tensor("y").floats() == [0, 2])
    }
  }
}
