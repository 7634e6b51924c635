import DeltaCL

/// A graph with every plan made, every buffer allocated and every operation bound: all that is left is to enqueue it.
package final class CompiledGraph {
  private let storages: [Int: any Storage]
  private let calls: [any BoundOperation]
  /// Multiplications and additions of a run.
  let floatingPointOperations: Int
  /// The bytes that the operations of a run must move at least.
  let byteCount: Int

  /// Compiles a graph for a backend.
  ///
  /// - Parameters:
  ///   - kept: The values that are read after a run.
  ///   - external: Storages that exist, by the ids of the values that lie in them.
  ///   - fusing: Whether operations are fused, which changes nothing but the last bits of a sigmoid or tanh.
  /// - Throws: What the backend throws if it cannot make a plan or has not enough memory.
  package init(
    _ graph: Graph, keeping kept: [GraphValue], external: [Int: any Storage], on backend: any Backend,
    fusing: Bool = true
  ) throws {
    let kept = Set(kept.map(\.id))
    let graph = fusing ? graph.fused(keeping: kept.union(external.keys)) : graph
    let plans = try graph.nodes.map { try backend.plan(for: $0.operation) }
    let memory = MemoryPlan(
      graph, scratchByteCounts: plans.map(\.scratchByteCount), kept: kept, external: Set(external.keys),
      alignment: backend.storageAlignment)
    var arenas: [ElementType: any Storage] = [:]
    for elementType in ElementType.allCases {
      if let count = memory.counts[elementType] {
        arenas[elementType] = try backend.allocate(elementType, count: count)
      }
    }
    var storages = external
    var scratches: [Int: any Storage] = [:]
    for block in memory.blocks {
      // One slice for all values of a block: a kernel that works in place gets the same memory object twice.
      let slice = try arenas[block.elementType]?.slice(offset: block.offset, count: block.count)
      for id in block.values { storages[id] = slice }
      if let index = block.scratchOf { scratches[index] = slice }
    }

    calls = try zip(graph.nodes, plans).enumerated().map { index, call in
      let (node, plan) = call
      return try plan.bind(
        node.operands.compactMap { storages[$0.id] }, scratch: scratches[index],
        label: "\(node.label) \(node.operation.name)")
    }
    self.storages = storages
    floatingPointOperations = graph.nodes.reduce(0) { $0 + $1.operation.floatingPointOperations }
    byteCount = graph.nodes.reduce(0) { $0 + $1.operation.byteCount }
  }

  /// A value of the graph, seen with its shape.
  ///
  /// - Throws: ``NetworkError`` (`invalidArgument`) for a value of another graph.
  package func tensor(_ value: GraphValue) throws -> Tensor {
    guard let storage = storages[value.id] else {
      throw NetworkError(.invalidArgument, "value \(value.id) does not belong to the compiled graph")
    }
    return try Tensor(storage, shape: value.shape)
  }

  /// Enqueues all operations and returns at once.
  package func enqueue() throws {
    for call in calls { try call.enqueue() }
  }
}
