import DeltaCLData
import Foundation
import Testing

extension CommandTests {
  /// Training on images of one's own, on the reference backend and small enough for it.
  @Suite struct ImageFolderTests {
    private let folder: TemporaryFolder

    /// Ten images of a bright and of a dark class, none of the size of another.
    init() throws {
      folder = try TemporaryFolder()
      for (name, value) in [("bright", 200 as UInt8), ("dark", 30)] {
        try FileSystem.createFolder(folder.path("photos/\(name)"))
        for index in 0..<10 {
          let (rows, columns) = (14 + index, 30 - index)
          try AtomicFile.write(
            Array("P6 \(columns) \(rows) 255\n".utf8)
              + (0..<rows * columns * 3).map { value + UInt8(($0 * 7 + index) % 50) },
            to: folder.path("photos/\(name)/\(index).ppm"))
        }
      }
    }

    private func train(_ output: String, _ arguments: String...) throws -> Deltacl {
      try Deltacl(
        [
          "train", "--dataset", folder.path("photos"), "--image-size", "16x16", "--batch-size", "8", "--device",
          "reference", "--output", folder.path(output),
        ] + arguments)
    }

    @Test func classesOfFoldersAreLearnt() throws {
      let run = try train("run", "--augment", "crop,flip,erase", "--epochs", "3")
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.errors.contains("16 images to train on, 4 to test on"))
      #expect(run.output.contains("\ntest accuracy 1.0000\ntest loss "))
      #expect(run.output.contains(/\n  bright +1\.0000  1\.0000  1\.0000 +2\n  dark +1\.0000  1\.0000  1\.0000 +2\n/))
      let model = folder.path("run/model.safetensors")
      let metadata = try Safetensors(contentsOf: model).metadata
      #expect(metadata["input"] == "16x16x1" && metadata["classes"] == #"["bright","dark"]"#)
      #expect(metadata["validation_split"] == "0.2" && metadata["validation_seed"] == "1")

      let evaluation = try Deltacl("evaluate", model, "--device", "reference")
      #expect(run.output.hasSuffix(evaluation.output))
      let all = try Deltacl("evaluate", model, "--device", "reference", "--validation-split", "1")
      #expect(all.output.contains(/bright .* 10\n/))
      let prediction = try Deltacl(
        "predict", model, folder.path("photos/dark/3.ppm"), "--top", "1", "--device", "reference")
      #expect(prediction.output.contains("3.ppm: dark "))

      // A table has the classes in another order; labels follow the names.
      try AtomicFile.write(
        "path,label\nphotos/dark/1.ppm,dark\nphotos/dark/2.ppm,dark\n", to: folder.path("list.csv"))
      let table = try Deltacl(
        "evaluate", model, "--dataset", folder.path("list.csv"), "--validation-split", "1", "--device", "reference")
      #expect(
        table.status == 0 && table.output.contains(/bright +- +- +- +0\n  dark +1\.0000  1\.0000  1\.0000 +2\n/),
        "\(table.output)\(table.errors)")
      struct Report: Decodable {
        struct ClassReport: Decodable {
          let name: String
          let precision: Float?
          let f1: Float?
          let support: Int
        }

        let top5: Float
        let confusion: [[Int]]
        let perClass: [ClassReport]
      }
      let json = try Deltacl(
        "evaluate", model, "--dataset", folder.path("list.csv"), "--validation-split", "1", "--device", "reference",
        "--json")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let report = try decoder.decode(Report.self, from: Data(json.output.utf8))
      #expect(report.top5 == 1 && report.confusion == [[0, 0], [0, 2]])
      #expect(report.perClass.map(\.name) == ["bright", "dark"] && report.perClass.map(\.support) == [0, 2])
      #expect(report.perClass.map(\.precision) == [nil, 1] && report.perClass.map(\.f1) == [nil, 1])
    }

    @Test func badImagesAreNamed() throws {
      try AtomicFile.write("P6 2 2 255\n", to: folder.path("photos/dark/bad.ppm"))
      try AtomicFile.write("none", to: folder.path("photos/dark/worse.png"))
      let run = try train("run", "--validation-split", "0.5")
      run.expectFailure(saying: "--bad-images skip leaves them out")
      #expect(run.errors.contains("photos/dark/bad.ppm: ") || run.errors.contains("photos/dark/worse.png: "))
      #expect(folder.names(in: "run").isEmpty)

      let skipped = try train("run", "--bad-images", "skip", "--max-steps", "1")
      #expect(skipped.status == 0)
      #expect(skipped.errorLines.count { $0.contains("left out: ") } == 2)
      for name in ["bad.ppm", "worse.png"] { #expect(skipped.errors.contains("photos/dark/\(name): ")) }
      let arguments = [
        "evaluate", folder.path("run/model.safetensors"), "--validation-split", "1", "--device", "reference",
      ]
      try Deltacl(arguments).expectFailure(saying: "photos/dark/bad.ppm: ")
      let evaluation = try Deltacl(arguments + ["--bad-images", "skip", "--json"])
      #expect(evaluation.status == 0 && evaluation.output.contains(#""count" : 20"#), "\(evaluation.errors)")
    }

    @Test func foldersThatAreNoDataSetAreFailures() throws {
      try FileSystem.createFolder(folder.path("photos/none"))
      try train("run").expectFailure(saying: "photos/none: has no image")
      try Deltacl("train", "--dataset", folder.path("photos/none")).expectFailure(saying: "holds no data set")
      try Deltacl("train", "--dataset", folder.path("none.csv")).expectFailure(saying: "none.csv: cannot open")
      #expect(folder.names(in: "run").isEmpty)
    }

    @Test func datasetsAreListed() throws {
      let list = try Deltacl("datasets", "digits", folder.path("photos"))
      #expect(list.status == 0)
      let lines = list.output.split(separator: "\n")
      try #require(lines.count == 3)
      #expect(lines[1].contains(/digits +1437 +360  8x8x1 +10  0, 1, 2, 3, 4, .../))
      #expect(lines[2].contains(/photos +16 +4  files +2  bright, dark/))
      let json = try Deltacl("datasets", folder.path("none"), "digits", "--json")
      json.expectFailure(saying: "none: is neither")
      #expect(json.output.contains(#""trainCount" : 1437"#))
    }

    @Test func loadingIsMeasured() throws {
      struct Report: Decodable {
        let count: Int
        let batch: Int
        let imagesPerSecond: Double
        let peakBytes: Int
      }
      let run = try Deltacl(
        "bench", "data", "--dataset", folder.path("photos"), "--network", "lenet", "--augment", "rotate,colour",
        "--budget", "0.05", "--json")
      let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
      #expect(report.count == 16 && report.batch == 16)
      #expect(report.imagesPerSecond > 0 && report.peakBytes > 1 << 20)
    }
  }
}
