import Foundation
import Testing

extension CommandTests {
  @Suite struct BenchTests {
    /// The objects of a JSON array.
    private func objects(_ text: String) throws -> [[String: Any]] {
      try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    }

    @Test func layersAsJSON() throws {
      let shapes = ["2,6,6,3,4,3,3,1,1", "1,5,5,4,4,3,3,2x1,1,1,2"]
      let run = try Deltacl(
        "bench", "layers", "--shape", shapes[0], "--shape", shapes[1], "--budget", "0.01", "--json")
      #expect(run.status == 0)
      #expect(run.errors == "")
      let measurements = try objects(run.output)
      #expect(measurements.map { $0["name"] as? String } == shapes.flatMap { [$0, $0, $0] })
      #expect(
        measurements.map { $0["direction"] as? String }
          == ["forward", "delta", "gradient", "forward", "delta", "gradient"])
      for measurement in measurements {
        #expect(Set(measurement.keys) == ["name", "shape", "direction", "plan", "medianSeconds", "gflops", "error"])
        #expect(measurement["shape"] as? String == measurement["name"] as? String)
        #expect((measurement["plan"] as? String)?.contains("convolution") == true)
        #expect((measurement["medianSeconds"] as? Double).map { $0 > 0 } == true)
        #expect((measurement["error"] as? Double).map { $0 < 1e-4 } == true)
        #expect((measurement["gflops"] as? Double).map { $0 > 0 } == true)
      }
    }

    @Test func networksAsJSON() throws {
      for mode in ["train", "infer"] {
        let run = try Deltacl(
          "bench", "networks", "--network", "lenet", "--batch-size", "2", "--batch-size", "3", "--mode", mode,
          "--budget", "0.01", "--json")
        #expect(run.status == 0)
        #expect(run.errors == "")
        let measurements = try objects(run.output)
        #expect(measurements.map { $0["batch"] as? Int } == [2, 3])
        for measurement in measurements {
          #expect(
            Set(measurement.keys) == [
              "network", "batch", "mode", "medianSeconds", "peakBytes", "firstStepSeconds", "hostSeconds",
            ])
          #expect(measurement["network"] as? String == "lenet")
          #expect(measurement["mode"] as? String == mode)
          // The parameters alone.
          #expect((measurement["peakBytes"] as? Int).map { $0 > 431_080 * 4 } == true)
        }
      }
    }

    @Test func tablesCompareWithTheCeilings() throws {
      let layers = try Deltacl(
        "bench", "layers", "--shape", "1,4,4,2,2,3,3,1,1", "--direction", "delta", "--budget", "0.01")
      #expect(layers.status == 0)
      let lines = layers.output.split(separator: "\n")
      #expect(lines.count == 3)
      #expect(lines.first?.hasPrefix("ceilings: ") == true)
      #expect(lines.last?.contains("convolution_delta_gather") == true)
    }

    @Test func theReferenceBackendCanBeMeasured() throws {
      let run = try Deltacl(
        "bench", "layers", "--shape", "1,4,4,2,2,3,3,1,1", "--direction", "forward", "--budget", "0.01", "--json",
        "--device", "reference")
      #expect(run.status == 0)
      #expect(try objects(run.output).map { $0["plan"] as? String } == ["reference"])
    }

    @Test func profilesOfLayersAndTraining() throws {
      let folder = try TemporaryFolder()
      for arguments in [
        ["bench", "layers", "--shape", "1,4,4,2,2,3,3,1,1", "--budget", "0.01"],
        ["bench", "networks", "--network", "lenet", "--batch-size", "1", "--budget", "0.01"],
        ["train", "--dataset", "digits", "--max-steps", "2", "--output", folder.path("run")],
      ] {
        let run = try Deltacl(arguments + ["--profile", folder.path("trace.json")])
        #expect(run.status == 0)
        #expect(run.errors.contains("time on the device"))
        let trace = try #require(
          JSONSerialization.jsonObject(with: Data(contentsOf: folder.url.appendingPathComponent("trace.json")))
            as? [String: Any])
        let events = try #require(trace["traceEvents"] as? [[String: Any]]).filter { $0["ph"] as? String == "X" }
        #expect(events.contains { ($0["name"] as? String)?.hasSuffix("convolution-gradient") == true })
      }
    }

    @Test(arguments: [
      ["layers", "--shape", "1,2,3"], ["layers", "--shape", "1,2,2,1,1,3,3,1,0"],
      ["layers", "--shape", "0,4,4,1,1,3,3,1,1"],
      ["layers", "--shape", "1,4,4,0,1,3,3,1,1"], ["layers", "--shape", "1,0,4,1,1,3,3,1,1"],
      ["layers", "--layer", "none"],
      ["layers", "--direction", "up"], ["layers", "--budget", "0"], ["layers", "--budget", "nan"],
      ["networks", "--network", "none"], ["networks", "--batch-size", "0"], ["networks", "--mode", "dream"],
    ])
    func wrongUsage(arguments: [String]) throws {
      let run = try Deltacl(["bench"] + arguments)
      #expect(run.status == 64)
      #expect(run.output == "")
      #expect(run.errorLines.count == 1)
    }

    @Test func whatCannotBeProfiledOrWritten() throws {
      for arguments in [
        ["layers", "--profile", "/dev/null/trace.json"],
        ["layers", "--device", "reference", "--profile", "trace.json"],
        ["ceilings", "--device", "reference"],
      ] {
        let run = try Deltacl(["bench"] + arguments + (arguments[0] == "layers" ? ["--json"] : []))
        #expect(run.status == 1)
        #expect(run.output == "")
        #expect(run.errorLines.count == 1)
      }
    }
  }
}
