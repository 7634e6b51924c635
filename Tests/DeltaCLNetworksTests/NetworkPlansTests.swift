import Foundation
import Testing

@testable import DeltaCL
@testable import DeltaCLNetworks

/// The plans of the networks that are measured are those that `Plans/NAME.txt` lists: a change of the planner shows in its diff.
///
/// `DELTACL_UPDATE_PLANS=1 swift test --filter NetworkPlansTests` writes the files anew.
@Suite struct NetworkPlansTests {
  private static let planners = [("CPU", Planner.cpu), ("GPU", Planner.gpu)]
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Plans")

  @Test(arguments: Network.benchmarkNames) func plansAreThoseOfTheTable(name: String) throws {
    let network = try Network.named(name, classes: 10)
    var lines: [String] = []
    for (title, graph) in try graphs(of: network) {
      for (device, planner) in Self.planners {
        lines.append("# \(title), \(device)")
        var seen: Set<TensorOperation> = []
        for node in graph.nodes where seen.insert(node.operation).inserted {
          let list = try planner.decide(node.operation).launches
          lines.append("\(node.operation.name) \(node.operation.shapeText): \(list.summary)")
        }
      }
    }
    let file = Self.folder.appendingPathComponent("\(name).txt")
    if ProcessInfo.processInfo.environment["DELTACL_UPDATE_PLANS"] == "1" {
      try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
    }
    let expected = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(lines.count == expected.count)
    for (line, wanted) in zip(lines, expected) where line != wanted {
      Issue.record("planned: \(line)\n  table: \(wanted)")
    }
  }

  /// The kernels that multiply also with every local tile that networks are planned with, on the GPUs of each vendor.
  @Test(arguments: Network.benchmarkNames) func aSelfTestRunsEveryKernel(name: String) throws {
    let network = try Network.named(name, classes: 10)
    let vendors = GPUVendor.allCases.map { vendor in
      (vendor.rawValue, Planner.gpu(for: DeviceLimits(vendor: vendor, subgroupSizes: [8, 16, 32])))
    }
    let multiplying: Set = ["local_convolution_correlate", "local_convolution_gradient"]
    for (device, planner) in Self.planners + vendors {
      func tiles(_ variants: [KernelVariant]) -> Set<KernelVariant> {
        Set(variants.map { multiplying.contains($0.kernel) ? $0 : KernelVariant(anyTileOf: $0.kernel) })
      }
      let cases = try SelfTestCase.operations(on: planner) + SelfTestCase.convolutions(on: planner)
      let tested = tiles(cases.flatMap(\.kernels))
      var planned: Set<KernelVariant> = []
      for (_, graph) in try graphs(of: network) {
        for node in graph.nodes { planned.formUnion(tiles(try planner.decide(node.operation).launches.variants)) }
      }
      let missing = planned.subtracting(tested)
      #expect(missing.isEmpty, "\(device): \(missing.map(\.description).sorted())")
    }
  }

  /// Training at a batch of 8 and inference at one of 1, as they are compiled.
  private func graphs(of network: Network) throws -> [(title: String, graph: Graph)] {
    let training = try TrainingGraph(network, batch: 8, loss: .softmaxCrossEntropy, dropoutSeed: 1)
    let forward = try network.forward(batch: 1, mode: .inference)
    return [
      ("training, batch 8", training.graph.fused(keeping: [training.output.id, training.loss.id])),
      ("inference, batch 1", forward.graph.fused(keeping: [forward.output.id])),
    ]
  }
}
