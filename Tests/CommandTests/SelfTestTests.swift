import DeltaCL
import Foundation
import Testing

@testable import deltacl

extension CommandTests {
  /// `deltacl selftest`, on drivers that compute right and, by kernels that do not, on others.
  @Suite struct SelfTestTests {
    private let folder: TemporaryFolder

    init() throws {
      folder = try TemporaryFolder()
    }

    private struct Listing: Decodable {
      struct Device: Decodable {
        struct SelfTest: Decodable, Equatable {
          let state: String
          let failures: [String]
          let excluded: [String]
        }

        let selector: String
        let selfTest: SelfTest?
      }

      struct Default: Decodable { let selector: String }

      let devices: [Device]
      let `default`: Default
    }

    private struct Report: Decodable {
      struct Result: Decodable {
        let operation: String
        let plan: String?
        let kernels: [String]
        let outcome: String
        let reason: String?
      }

      let version: String
      let count: Int
      let device: Listing.Device
      let results: [Result]
    }

    private func decoded<Value: Decodable>(_ text: String) throws -> Value {
      try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    }

    private var environment: [String: String] { ["DELTACL_CACHE_DIR": folder.path("cache")] }

    /// The environment with kernels in which texts are replaced, as a compiler would that makes wrong code of them.
    private func environment(damaging kernels: [(path: String, old: String, new: String)]) throws -> [String: String] {
      let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Kernels/OpenCL")
      let copy = folder.url.appendingPathComponent("kernels")
      try FileManager.default.copyItem(at: sources, to: copy)
      for (path, old, new) in kernels {
        let file = copy.appendingPathComponent(path)
        let text = try String(contentsOf: file, encoding: .utf8)
        try #require(text.contains(old), "\(path)")
        try text.replacing(old, with: new).write(to: file, atomically: true, encoding: .utf8)
      }
      return environment.merging(["DELTACL_KERNELS_DIR": copy.path]) { $1 }
    }

    private func listing(_ environment: [String: String]) throws -> Listing {
      let run = try Deltacl("devices", "--json", environment: environment)
      #expect(run.status == 0)
      return try decoded(run.output)
    }

    @Test func aDriverThatComputesRightPasses() throws {
      #expect(try listing(environment).devices.first?.selfTest?.state == "not-run")
      let report = folder.path("report.json")
      let run = try Deltacl("selftest", "--device", "cpu", "--report", report, environment: environment)
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.contains("\noperation ") || run.output.hasPrefix("operation "))
      #expect(run.output.contains(": passed, "))
      #expect(run.errors.contains("wrote \(folder.path("cache"))/selftest-"))
      #expect(try listing(environment).devices.map(\.selfTest?.state) == ["passed", nil])
      #expect(try Deltacl("devices", environment: environment).output.contains("self-test         passed, "))

      let text = folder.text("report.json")
      let whole: Report = try decoded(text)
      #expect(whole.results.count == whole.count && whole.count > 80)
      for result in whole.results {
        #expect(result.outcome == "passed" && result.reason == nil && !result.kernels.isEmpty, "\(result)")
      }
      #expect(whole.device.selfTest == .init(state: "passed", failures: [], excluded: []))
      // The folder's name is a path of this machine, and the only one that the command was told.
      #expect(!text.contains(folder.url.lastPathComponent))
      #expect(!text.contains(ProcessInfo.processInfo.hostName))

      // With other kernels it says nothing.
      let other = try self.environment(damaging: [("pooling/max.cl", "\n", "\n\n")])
      #expect(try listing(other).devices.first?.selfTest?.state == "stale")
    }

    @Test func aKernelThatComputesWrongIsNamedAndPlannedAround() throws {
      let environment = try environment(damaging: [
        ("convolution/delta-gather.cl", "sum += LOAD(in + TAP", "sum -= LOAD(in + TAP")
      ])
      let bench = {
        try Deltacl(
          "bench", "layers", "--shape", "1,9,12,3,20,3,3,2,0", "--direction", "delta", "--budget", "0.01", "--device",
          "cpu", environment: environment.merging(["DELTACL_VERBOSE": "1"]) { $1 })
      }
      #expect(try bench().errors.contains("default of CPU devices: col2im"))
      let run = try Deltacl("selftest", "--device", "cpu", "--json", environment: environment)
      #expect(run.status == 1)
      #expect(run.errors.contains("failed: convolution-delta by col2im"), "\(run.errors)")
      #expect(run.errors.contains("excluded from planning on this device and driver: convolution_delta_gather\n"))
      let report: Report = try decoded(run.output)
      let failed = report.results.filter { $0.outcome != "passed" }
      #expect(!failed.isEmpty)
      for result in failed {
        #expect(result.outcome == "failed" && result.plan?.hasPrefix("col2im") == true)
        #expect(result.reason?.contains("elements are wrong") == true)
        #expect(result.kernels.contains { $0.hasPrefix("convolution_delta_gather ") })
      }

      let planned = try bench()
      #expect(planned.status == 0)
      #expect(planned.errors.contains("not col2im: convolution_delta_gather failed the self-test of this device"))
      #expect(planned.errors.contains("default of CPU devices: direct"))
      // The device is as good as before.
      let listing = try listing(environment)
      #expect(listing.default.selector == "0:0")
      let state = listing.devices.first?.selfTest
      #expect(state == .init(state: "passed", failures: [], excluded: ["convolution_delta_gather"]))
    }

    @Test func aDeviceThatCannotBePlannedAroundIsNotTakenByAuto() throws {
      let environment = try environment(damaging: [
        ("pooling/max.cl", "STORE(chosen,", "STORE(chosen + 1,"), ("convolution/correlate.cl", "xp[m_", "-xp[m_"),
      ])
      let run = try Deltacl("selftest", "--device", "cpu", environment: environment)
      #expect(run.status == 1)
      #expect(run.errors.contains("failed: max-pooling x[2,7,9,19] "), "\(run.errors)")
      #expect(run.errors.contains("failed: convolution by direct"))
      let wrong = try #require(
        run.output.firstMatch(of: /: failed: max-pooling: argmax\[0, 0, 0, 0\] is (\d+), not (\d+);/))
      #expect(Int(wrong.1) == Int(wrong.2).map { $0 + 1 })
      let listing = try listing(environment)
      #expect(listing.default.selector == "reference")
      #expect(listing.devices.first?.selfTest?.state == "failed")

      let layer = ["bench", "layers", "--shape", "1,5,5,16,20,1,1,1,0", "--direction", "forward", "--budget", "0.01"]
      let automatic = try Deltacl(layer, environment: environment)
      #expect(automatic.errors.contains("warning: device 0:0 (") && automatic.errors.contains("self-test failed"))
      // An explicit choice is warned of, and says what it cannot do.
      let explicit = try Deltacl(layer + ["--device", "cpu"], environment: environment)
      #expect(explicit.status == 1)
      #expect(explicit.errors.contains("warning: 0:0 ("))
      #expect(explicit.errors.contains("has no algorithm left: convolution_correlate failed"))
    }

    @Test func aKernelThatDoesNotEndIsNamed() throws {
      let environment = try environment(damaging: [
        (
          "elementwise/elementwise.cl", "ELEMENTWISE(count, FILL)",
          "ELEMENTWISE(count, FILL) while (*(global volatile float *)y == value) {}"
        )
      ])
      let run = try Deltacl(
        "selftest", "--device", "cpu", "--timeout", "8", "--report", folder.path("report.json"),
        environment: environment)
      #expect(run.status == 1)
      #expect(run.errors.contains("hung: fill"), "\(run.errors)")
      #expect(run.errors.contains("it has not ended within 8.0 s"))
      let report: Report = try decoded(folder.text("report.json"))
      #expect(report.results.map(\.outcome) == ["hung"])
      #expect(try listing(environment).devices.first?.selfTest?.state == "failed")
    }

    @Test func reportsTellNothingOfAPerson() {
      let names = [(name: "ada.example", placeholder: "<host>"), (name: "ada", placeholder: "<user>")]
      func removed(_ text: String) -> String { PersonalData.removed(from: text, names: names) }
      #expect(removed("/home/ada/x.cl:3:4: error: no 'ada' here") == "<path> error: no '<user>' here")
      #expect(removed("adamant ada, ada.example:") == "adamant <user>, <host>:")
      #expect(removed("options '-I/usr/include -DV=4'\n  a / b is 3/4") == "options <path> -DV=4'\n  a / b is 3/4")
      #expect(removed("see ~/x and ./y or FILE=/z") == "see <path> and <path> or <path>")
    }

    @Test func wrongUsage() throws {
      for (arguments, words) in [
        (["--timeout", "0"], "positive number of seconds"), (["--timeout", "x"], "above 0"), (["now"], "now"),
      ] {
        try Deltacl(["selftest"] + arguments, environment: environment).expectFailure(64, saying: words)
      }
      try Deltacl("selftest", "--device", "reference", environment: environment)
        .expectFailure(saying: "has no kernels to test")
      try Deltacl("selftest", "--device", "cpu", environment: ["DELTACL_CACHE_DIR": "/dev/null/cache"])
        .expectFailure(saying: "/dev/null/cache")
      try Deltacl("selftest", "--device", "cpu", "--report", folder.path("none/x.json"), environment: environment)
        .expectFailure(saying: folder.path("none"))
    }
  }
}
