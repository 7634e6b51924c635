import DeltaCL
import Foundation
import OpenCL
import Testing

extension CommandTests {
  @Suite struct TuneTests {
    private let folder: TemporaryFolder
    private let environment: [String: String]
    private static let shape = "1,4,6,2,20,3,3,1,1"

    init() throws {
      folder = try TemporaryFolder()
      environment = ["DELTACL_CACHE_DIR": folder.path("cache"), "DELTACL_TUNING": "1"]
    }

    private func subject() throws -> TuningSubject {
      try TuningSubject(#require(Backends.choose("cpu").candidate.device))
    }

    /// Writes a tuning of the shape's forward pass to the cache folder.
    private func writeTuning() throws {
      let convolution = try Convolution(
        batch: 1, inputSize: Extent(4, 6), inputChannels: 2, outputChannels: 20, kernelSize: 3, padding: 1)
      var tuning = Tuning(for: try subject())
      let json = #"{"algorithm": "direct", "parameters": {"tile": {"width": 4, "vectors": 2, "pixels": 5}}}"#
      let choice = try JSONDecoder().decode(PlanChoice.self, from: Data(json.utf8))
      tuning.insert(
        Tuning.Entry(
          .convolution(convolution, bias: true), exact: false, choice: choice, seconds: 1e-3, defaultSeconds: 2e-3))
      try FileManager.default.createDirectory(atPath: folder.path("cache"), withIntermediateDirectories: true)
      try Data(try tuning.json().utf8).write(
        to: folder.url.appendingPathComponent("cache/\(tuning.subject.fileName(.tuning))"))
    }

    private func bench(_ environment: [String: String]) throws -> Deltacl {
      try Deltacl(
        "bench", "layers", "--shape", Self.shape, "--direction", "forward", "--budget", "0.01", "--json", "--device",
        "cpu", environment: environment)
    }

    @Test func whatWasTunedIsKept() throws {
      let run = try Deltacl(
        "tune", "--shape", Self.shape, "--direction", "gradient", "--budget", "1", "--device", "cpu",
        environment: environment)
      #expect(run.status == 0)
      let lines = run.output.split(separator: "\n")
      #expect(lines.count == 2)
      #expect(lines.last?.hasPrefix("convolution-gradient  1,4,6,2,20,3,3,1,1,1,1 ") == true)
      #expect(run.errorLines.last?.contains("wrote \(folder.path("cache"))/tuning-") == true)
      #expect(try folder.names(in: "cache") == [subject().fileName(.tuning)])
      #expect(try Tuning.load(for: subject(), from: folder.path("cache")) != nil)
      #expect(try bench(environment).errors == "")
    }

    @Test func tuningIsUsedMergedAndTurnedOff() throws {
      try writeTuning()
      let tuned = try bench(environment.merging(["DELTACL_VERBOSE": "1"]) { $1 })
      #expect(tuned.status == 0)
      #expect(tuned.output.contains("NV=2 TILE=5 V=4"))
      let lines = tuned.errorLines.filter { $0.hasPrefix("deltacl: convolution 1,4,6,2,20,3,3,1,1,1,1: ") }
      #expect(lines.count == 1)
      #expect(lines.first?.hasSuffix("(tuned: direct, tile 5x2x4, 1.000 ms instead of 2.000)") == true)
      let untuned = try bench(environment.merging(["DELTACL_TUNING": "0", "DELTACL_VERBOSE": "1"]) { $1 })
      #expect(!untuned.output.contains("TILE=5 V=4"))
      #expect(untuned.errors.contains("default of CPU devices"))

      let run = try Deltacl(
        "tune", "--shape", "1,4,4,1,2,3,3,1,0", "--direction", "delta", "--budget", "0.1", "--device", "cpu",
        environment: environment)
      #expect(run.status == 0)
      #expect(
        try Tuning.load(for: subject(), from: folder.path("cache"))?.entries.first?.shape.hasPrefix("1,4,6") == true)
    }

    @Test func damagedAndStaleFilesAreIgnoredWithALine() throws {
      try writeTuning()
      let name = try subject().fileName(.tuning)
      try Data("{}".utf8).write(to: folder.url.appendingPathComponent("cache/\(name)"))
      let damaged = try bench(environment)
      #expect(damaged.status == 0)
      #expect(damaged.errorLines.count == 1)
      #expect(damaged.errors.contains("is ignored, it is damaged"))
      let stale = name.dropLast("00000000.json".count) + "00000000.json"
      try FileManager.default.moveItem(atPath: folder.path("cache/\(name)"), toPath: folder.path("cache/\(stale)"))
      let other = try bench(environment)
      #expect(other.status == 0)
      #expect(other.errorLines.count == 1)
      #expect(other.errors.contains("for another driver or other kernels"))
    }

    @Test func networksAreTunedWithinTheBudget() throws {
      let run = try Deltacl(
        "tune", "--network", "lenet", "--batch-size", "1", "--direction", "forward", "--budget", "0.2", "--device",
        "cpu", environment: environment)
      #expect(run.status == 0)
      #expect(run.output.contains("convolution  "))
    }

    @Test(arguments: [
      ([], "--network or a --shape"), (["--network", "nonet"], "no network named"), (["--shape", "1,2"], "must be"),
      (["--network", "lenet", "--budget", "0"], "positive number"),
      (["--network", "lenet", "--budget", "inf"], "positive number"),
      (["--network", "lenet", "--batch-size", "0"], "at least 1"),
      (["--batch-size", "2", "--shape", shape], "--network"),
      (["--shape", shape, "--direction", "up"], "up"),
    ])
    func wrongUsage(_ arguments: [String], _ words: String) throws {
      try Deltacl(["tune"] + arguments, environment: environment).expectFailure(64, saying: words)
    }

    @Test func foldersThatCannotBeWrittenAreFailures() throws {
      for path in ["/dev/null/cache", "/proc"] {
        let run = try Deltacl(
          "tune", "--shape", Self.shape, "--device", "cpu", environment: ["DELTACL_CACHE_DIR": path])
        run.expectFailure(saying: path)
        #expect(run.output == "")
      }
      try Deltacl("tune", "--shape", Self.shape, "--device", "reference").expectFailure(saying: "no plans to choose")
    }

    @Test func switchesAreZeroOrOne() throws {
      for name in ["DELTACL_VERBOSE", "DELTACL_TUNING"] {
        for device in ["cpu", "reference"] {
          let run = try Deltacl(
            "bench", "layers", "--shape", Self.shape, "--device", device, environment: [name: "yes"])
          run.expectFailure(saying: "\(name) is 'yes': set it to 1 (on) or 0 (off)")
        }
      }
    }

    /// A shell starts commands in the background with SIGINT ignored.
    @Test func endsAtOnceWhereSignalsWereIgnored() throws {
      let folder = try TemporaryFolder()
      let run = try RunningDeltacl(
        ["tune", "--shape", "16,56,56,64,64,3,3,1,1", "--budget", "1000"],
        environment: ["DELTACL_CACHE_DIR": folder.url.path], shell: "trap '' INT;")
      run.waitFor("1 of ")
      run.send(SIGINT)
      #expect(try run.wait().status == 130)
    }
  }
}
