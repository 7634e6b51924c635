import Foundation
import Testing

extension CommandTests {
  @Suite struct LaunchesTests {
    private struct Table: Decodable {
      struct Launch: Decodable {
        let kernel: String
        let source: String
        let constants: [String: Int]
        let globalSize: [Int]
        let localSize: Int
      }

      struct Step: Decodable {
        struct Operation: Decodable {
          let operation: String
          let multiplications: Int
          let launches: [Int]
          let count: Int
        }

        let network: String
        let mode: String
        let batch: Int
        let operations: [Operation]
      }

      let launches: [Launch]
      let steps: [Step]
    }

    @Test func ofLeNetWithoutADevice() throws {
      let folder = try TemporaryFolder()
      let run = try Deltacl(
        "launches", "--network", "lenet", "--batch", "2", environment: ["OCL_ICD_VENDORS": folder.path("none")])
      #expect(run.status == 0, "\(run.errors)")
      let table = try JSONDecoder().decode(Table.self, from: Data(run.output.utf8))
      #expect(table.steps.map(\.mode) == ["training", "inference"])
      #expect(table.steps.allSatisfy { $0.network == "lenet" && $0.batch == 2 })
      let first = try #require(table.steps.first?.operations.first)
      #expect(first.multiplications == 2 * 24 * 24 * 20 * 25)
      #expect(table.launches[try #require(first.launches.first)].kernel == "local_convolution_correlate")
      #expect(table.steps[0].operations.last?.operation == "sgd")
      let used = Set(table.steps.flatMap { $0.operations.flatMap(\.launches) })
      #expect(used == Set(table.launches.indices))
      for launch in table.launches { #expect(launch.globalSize[0].isMultiple(of: launch.localSize)) }
    }

    @Test func whatIsUnknownIsRefused() throws {
      try Deltacl("launches", "--network", "net").expectFailure(64, saying: "net")
      try Deltacl("launches", "--batch", "0").expectFailure(64, saying: "--batch 0 must be at least 1")
    }
  }
}
