import DeltaCL
import Testing

@testable import DeltaCLNetworks

@Suite struct MemoryPlanTests {
  /// Plays a step on a memory that remembers whose value each element holds.
  @Test(arguments: TestNetwork.all, [1, 4, 32])
  func noValueIsOverwrittenBeforeItsLastReader(example: TestNetwork, alignment: Int) throws {
    let step = try TrainingGraph(example.network, batch: 3, loss: example.loss)
    let kept = [step.loss] + (step.correctCount.map { [$0] } ?? [])
    let external = Set(step.graph.parameters.map(\.value.id)).union(step.gradients.values.map(\.id))
    let plan = MemoryPlan(step.graph, kept: Set(kept.map(\.id)), external: external, alignment: alignment)

    let places = Dictionary(uniqueKeysWithValues: plan.placements.map { ($0.value.id, $0) })
    #expect(Set(places.keys).union(external) == Set(step.graph.entries.indices))
    #expect(plan.placements.allSatisfy { $0.offset % alignment == 0 })

    var owners = plan.counts.mapValues { [Int](repeating: -1, count: $0) }
    func write(_ value: GraphValue) {
      guard let place = places[value.id] else { return }
      for element in place.elements { owners[value.elementType]?[element] = value.id }
    }
    func check(_ value: GraphValue, _ reader: String) {
      guard let place = places[value.id] else { return }
      #expect(
        place.elements.allSatisfy { owners[value.elementType]?[$0] == value.id },
        "\(step.graph.entries[value.id].name) is lost before \(reader)")
    }
    write(step.images)
    write(step.labels)
    for node in step.graph.nodes {
      node.outputs.forEach(write)
      // What a node reads must survive what it writes.
      node.inputs.forEach { check($0, "\(node.label) \(node.operation.name)") }
    }
    kept.forEach { check($0, "the end") }
  }

  @Test func sharesMemory() throws {
    let step = try TrainingGraph(.leNet(classes: 10), batch: 64, loss: .softmaxCrossEntropy)
    let external = Set(step.graph.parameters.map(\.value.id)).union(step.gradients.values.map(\.id))
    let plan = MemoryPlan(step.graph, kept: [step.loss.id], external: external, alignment: 32)
    let sum = plan.placements.filter { $0.value.elementType == .float32 }.reduce(0) { $0 + $1.elements.count }
    let arena = try #require(plan.counts[.float32])
    #expect(arena < sum * 2 / 3, "\(arena) of \(sum)")
  }

  @Test func roundsUp() {
    #expect(0.rounded(upTo: 8) == 0)
    #expect(1.rounded(upTo: 8) == 8)
    #expect(8.rounded(upTo: 8) == 8)
    #expect(9.rounded(upTo: 1) == 9)
    #expect(9.rounded(upTo: 0) == 9)
  }
}
