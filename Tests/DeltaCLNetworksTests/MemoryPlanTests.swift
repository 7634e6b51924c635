import DeltaCL
import Testing

@testable import DeltaCLNetworks

@Suite struct MemoryPlanTests {
  /// Plays a step on a memory that remembers whose value each element holds.
  @Test(arguments: TestNetwork.all, [1, 4, 32])
  func noValueIsOverwrittenBeforeItsLastReader(example: TestNetwork, alignment: Int) throws {
    let step = try TrainingGraph(example.network, batch: 3, loss: example.loss, dropoutSeed: 1)
    let kept = [step.loss] + (step.correctCount.map { [$0] } ?? [])
    let external = Set(step.graph.parameters.map(\.value.id)).union(step.gradients.values.map(\.id))
    for graph in [step.graph, step.graph.fused(keeping: external.union(kept.map(\.id)))] {
      // Not whole elements: the last one counts as a whole.
      let scratchByteCounts = graph.nodes.indices.map { $0 % 3 * 26 }
      let plan = MemoryPlan(
        graph, scratchByteCounts: scratchByteCounts, kept: Set(kept.map(\.id)), external: external, alignment: alignment
      )

      let places = Dictionary(uniqueKeysWithValues: plan.blocks.flatMap { block in block.values.map { ($0, block) } })
      let written = graph.nodes.flatMap(\.outputs) + graph.entries.filter { $0.role != .computed }.map(\.value)
      #expect(Set(places.keys) == Set(written.map(\.id)).subtracting(external))
      #expect(plan.blocks.allSatisfy { $0.offset % alignment == 0 })

      var owners = plan.counts.mapValues { [Int](repeating: -1, count: $0) }
      func write(_ value: GraphValue) {
        guard let place = places[value.id] else { return }
        for element in place.elements { owners[value.elementType]?[element] = value.id }
      }
      func check(_ value: GraphValue, _ reader: String) {
        guard let place = places[value.id] else { return }
        #expect(
          place.elements.allSatisfy { owners[value.elementType]?[$0] == value.id },
          "\(graph.entries[value.id].name) is lost before \(reader)")
      }
      graph.entries.filter { $0.role != .computed }.forEach { write($0.value) }
      for (index, node) in graph.nodes.enumerated() {
        let name = "\(node.label) \(node.operation.name)"
        let replaced = node.operation.inPlaceOperands.map { node.operands[$0] }.first { input in
          node.outputs.first.map { places[$0.id]?.values.contains(input.id) == true } == true
        }
        if let replaced { check(replaced, name) }
        for block in plan.blocks where block.scratchOf == index {
          #expect(block.count == (scratchByteCounts[index] + 3) / 4)
          for element in block.elements { owners[.float32]?[element] = -2 }
        }
        node.outputs.forEach(write)
        // What a node reads must survive what it writes, but for what its result replaces.
        node.inputs.filter { $0.id != replaced?.id }.forEach { check($0, name) }
        node.outputs.forEach { check($0, name) }
      }
      kept.forEach { check($0, "the end") }
    }
  }

  @Test func sharesMemory() throws {
    let step = try TrainingGraph(.leNet(classes: 10), batch: 64, loss: .softmaxCrossEntropy)
    let external = Set(step.graph.parameters.map(\.value.id)).union(step.gradients.values.map(\.id))
    let plan = MemoryPlan(
      step.graph, scratchByteCounts: [], kept: [step.loss.id], external: external, alignment: 32)
    let sum = step.graph.nodes.flatMap(\.outputs).reduce(0) {
      $0 + ($1.elementType == .float32 && !external.contains($1.id) ? $1.shape.elementCount : 0)
    }
    let arena = try #require(plan.counts[.float32])
    #expect(arena < sum / 2, "\(arena) of \(sum)")
  }

  /// x lives until the end; a dies in the sum, whose result dies in the scaling.
  @Test func resultsTakeThePlaceOfOperandsThatDie() throws {
    var graph = Graph()
    let x = graph.add("x", [8], role: .input)
    let a = try graph.append(.scale(count: 8, factor: 2), [x], label: "a")[0]
    let sum = try graph.append(.add(count: 8), [x, a], label: "sum")[0]
    let y = try graph.append(.scale(count: 8, factor: 3), [sum], label: "y")[0]
    func values(kept: Set<Int>, external: Set<Int> = []) -> [[Int]] {
      MemoryPlan(graph, scratchByteCounts: [0, 0, 0], kept: kept, external: external, alignment: 1).blocks.map(\.values)
    }
    #expect(values(kept: [x.id, y.id]) == [[x.id], [a.id, sum.id, y.id]])
    #expect(values(kept: [y.id]) == [[x.id, sum.id, y.id], [a.id]])
    #expect(values(kept: [sum.id, y.id]) == [[x.id, sum.id], [a.id], [y.id]])
    #expect(values(kept: [x.id, y.id], external: [sum.id]) == [[x.id], [a.id], [y.id]])
  }

  /// A node's scratch may lie where values of other nodes lie, not where its own do.
  @Test func scratchLivesWithItsNode() throws {
    var graph = Graph()
    let x = graph.add("x", [8], role: .input)
    let pooling = try Pooling(batch: 1, inputSize: Extent(1, 8), channels: 1, window: Extent(1, 2))
    let y = try graph.append(.averagePooling(AveragePooling(pooling)), [x], label: "y")[0]
    let z = try graph.append(.softmax(rows: 1, classes: 4), [y], label: "z")[0]
    let plan = MemoryPlan(graph, scratchByteCounts: [8, 32], kept: [z.id], external: [], alignment: 1)
    // x, y and two elements of scratch; then the scratch of the second lies where x was.
    #expect(plan.counts == [.float32: 16])
  }

  @Test func roundsUp() {
    #expect(0.rounded(upTo: 8) == 0)
    #expect(1.rounded(upTo: 8) == 8)
    #expect(8.rounded(upTo: 8) == 8)
    #expect(9.rounded(upTo: 1) == 9)
    #expect(9.rounded(upTo: 0) == 9)
  }
}
