import Foundation
import Testing

extension CommandTests {
  /// `Tools/measure-gpu`, mostly with a command in place of deltacl that answers at once.
  @Suite struct MeasureGPUTests {
    private static let tool = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Tools/measure-gpu")

    private let folder: TemporaryFolder
    private let stub: String

    init() throws {
      folder = try TemporaryFolder()
      stub = folder.path("deltacl")
      try Self.write(
        #"""
        #!/bin/sh
        case "$*" in
          --version) echo 1.2.3 ;;
          'devices --json') echo '{}' ;;
          *none*)
            echo "deltacl: error: there is no device 'none': choose 0:0" >&2
            exit 1 ;;
          devices*) printf '0:0  Some GPU  [default]\n    type              gpu\n\ndefault: 0:0 (auto)\n' ;;
          selftest*)
            echo 'operation  result'
            echo 'deltacl: hung: fill [3]: it has not ended (fill)' >&2
            exit 1 ;;
          'bench ceilings'*) printf '{\n  "gflops" : 1000,\n  "gigabytesPerSecond" : 100,\n  "launchSeconds" : 1e-05,\n  "queuedLaunchSeconds" : 2e-06\n}\n' ;;
          'bench layers'*)
            seconds=0.002
            [ "$DELTACL_TUNING" = 0 ] || seconds=0.001
            printf '[\n  {\n    "direction" : "delta",\n    "error" : 1e-06,\n    "gflops" : 250,\n    "medianSeconds" : %s,\n    "name" : "a",\n    "plan" : "local TM=64",\n    "shape" : "1,2,3"\n  }\n]\n' $seconds ;;
          *train*)
            [ -n "$HANGS" ] || exit 0
            printf '['
            echo 'deltacl: convolution [3]: local_convolution_correlate' >&2
            sleep 60 ;;
          'bench networks'*) printf '[\n  {\n    "batch" : 32,\n    "firstStepSeconds" : 1.5,\n    "hostSeconds" : 0.001,\n    "medianSeconds" : 0.016,\n    "mode" : "infer",\n    "network" : "lenet",\n    "peakBytes" : 1048576\n  }\n]\n' ;;
          tune*)
            echo "$*"
            cat "$OCL_ICD_VENDORS"/*nvidia* ;;
        esac
        """#, to: stub)
    }

    private static func write(_ script: String, to path: String) throws {
      try Data(script.utf8).write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    private func measure(_ arguments: String..., environment: [String: String] = [:]) throws -> Deltacl {
      try Deltacl(["--deltacl", stub] + arguments, environment: environment, executable: Self.tool)
    }

    private func report(_ folder: String) throws -> String {
      try String(contentsOfFile: "\(folder)/report.md", encoding: .utf8)
    }

    @Test func theReportHasAllResultsAndFailures() throws {
      let output = folder.path("out"), libraries = folder.path("driver")
      try FileManager.default.createDirectory(atPath: libraries, withIntermediateDirectories: false)
      try Data().write(to: URL(fileURLWithPath: libraries + "/libnvidia-opencl.so.1"))
      let run = try measure(
        "--output", output, "--network", "lenet", "--steps", "selftest,ceilings,layers,networks,tune,tuned",
        environment: ["LD_LIBRARY_PATH": libraries, "OCL_ICD_VENDORS": folder.path("none")])
      #expect(run.status == 1)
      let report = try report(output)
      for line in [
        "# Some GPU, measured", "DeltaCL 1.2.3", "libnvidia-opencl.so.1 is in \(libraries), and no .icd file names it",
        "| self-test | failed with status 1: hung: fill [3]: it has not ended (fill) | ",
        "| networks lenet infer | done | ",
        "1000 GFLOP/s in float32 multiply-adds, 100.0 GB/s copied",
        "| a | delta | 2 | 250 | 25 | 1 |  |  |  | 1.0e-06 | `local TM=64` |",
        "| lenet | 32 | infer | 16 | 2000.0 | ", "tune --shape 1,2,3 --network lenet --batch-size 32",
        "\(libraries)/libnvidia-opencl.so.1\n", "0:0  Some GPU  [default]",
      ] { #expect(report.contains(line), "\(line)\n\(report)") }
      for name in ["ceilings", "layers", "layers-tuned", "networks"] {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(output)/\(name).json"))
        #expect(throws: Never.self, "\(name)") { try JSONSerialization.jsonObject(with: data) }
      }
    }

    /// What hung is named by its last message.
    @Test func aStepThatHangsIsEnded() throws {
      let output = folder.path("out")
      let run = try measure(
        "--output", output, "--network", "lenet", "--steps", "networks", "--budget", "0.1", environment: ["HANGS": "1"])
      #expect(run.status == 1)
      let lines = try report(output).split(separator: "\n")
      let row = lines.first { $0.hasPrefix("| networks lenet train | ended by the watchdog after ") } ?? ""
      #expect(row.contains("its last message: convolution [3]: local_convolution_correlate | "), "\(run.errors)")
      #expect(run.errors.contains("networks lenet train: ended by the watchdog"))
    }

    @Test func aDeviceIsMeasured() throws {
      let output = folder.path("out")
      let run = try Deltacl(
        "--device", "cpu", "--deltacl", Deltacl.executable.path, "--steps", "layers", "--layer", "lenet-conv1",
        "--budget", "5", "--output", output, executable: Self.tool)
      #expect(run.status == 0, "\(run.errors)")
      let report = try report(output)
      for direction in ["forward", "delta", "gradient"] { #expect(report.contains("| lenet-conv1 | \(direction) | ")) }
      #expect(report.contains("| layers | done | "))
      #expect(report.contains("    local memory  "), "\(report)")
    }

    @Test func whatCannotBeMeasuredIsSaidInALine() throws {
      let output = folder.path("out")
      let run = try measure("--device", "none", "--output", output)
      #expect(run.status == 1)
      #expect(
        run.errorLines.last == "measure-gpu: error: there is nothing to measure: there is no device 'none': choose 0:0")
      #expect(!FileManager.default.fileExists(atPath: output))
      let occupied = try measure("--output", folder.url.path)
      #expect(occupied.status == 1 && occupied.errors.contains("is not empty; name another folder with --output"))
      let file = try measure("--output", stub)
      #expect(file.status == 1 && file.errors.contains("cannot be written; name another folder with --output"))
    }

    @Test(arguments: [
      (["--budget", "0"], "positive number of minutes under 10000, not 0"), (["--budget", "1e3"], "not 1e3"),
      (["--budget", "-1"], "not -1"), (["--batch-size", "0"], "from 1 to 9999999, not 0"),
      (["--steps", "layers,sleep"], "there is no step 'sleep'"), (["--device"], "--device needs a value"),
      (["--fast"], "unknown option --fast"), (["now"], "unexpected argument now"),
    ])
    func wrongUsage(arguments: [String], words: String) throws {
      let run = try Deltacl(arguments, executable: Self.tool)
      #expect(run.status == 64 && run.errorLines.count == 1, "\(run.errors)")
      #expect(run.errors.contains(words) && run.errors.contains("see measure-gpu --help"), "\(run.errors)")
    }
  }
}
