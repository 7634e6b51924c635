import DeltaCL

/// Where the values of a graph lie in one arena per element type: two values share elements where no node needs both.
struct MemoryPlan {
  /// A value's place in the arena of its element type.
  struct Placement {
    let value: GraphValue
    /// From the node that writes the value (-1: the host, before the first) to the last that reads it.
    let lifetime: ClosedRange<Int>
    let offset: Int

    var elements: Range<Int> { offset..<offset + value.shape.elementCount }
  }

  private(set) var placements: [Placement] = []
  /// The elements that each arena needs.
  private(set) var counts: [ElementType: Int] = [:]

  /// Packs all values of a graph but those that lie elsewhere, the largest first, each at the lowest offset that is free for
  /// its whole lifetime.
  ///
  /// - Parameters:
  ///   - kept: The ids of values that are read after the last node has run.
  ///   - external: The ids of values that have a storage of their own.
  ///   - alignment: Offsets are multiples of it.
  init(_ graph: Graph, kept: Set<Int>, external: Set<Int>, alignment: Int) {
    let lifetimes = MemoryPlan.lifetimes(of: graph, kept: kept)
    let written = Set(graph.nodes.flatMap(\.outputs).map(\.id))
    let values = graph.entries.filter { $0.role != .computed || written.contains($0.value.id) }.map(\.value)
      .filter { !external.contains($0.id) }
    let largestFirst = values.sorted {
      ($1.shape.elementCount, $0.id) < ($0.shape.elementCount, $1.id)
    }
    for value in largestFirst {
      let lifetime = lifetimes[value.id]
      let neighbours =
        placements
        .filter { $0.value.elementType == value.elementType && $0.lifetime.overlaps(lifetime) }
        .sorted { $0.offset < $1.offset }
      var offset = 0
      for neighbour in neighbours {
        if offset + value.shape.elementCount <= neighbour.offset { break }
        offset = max(offset, neighbour.elements.upperBound.rounded(upTo: alignment))
      }
      let placement = Placement(value: value, lifetime: lifetime, offset: offset)
      placements.append(placement)
      counts[value.elementType] = max(counts[value.elementType] ?? 0, placement.elements.upperBound)
    }
  }

  private static func lifetimes(of graph: Graph, kept: Set<Int>) -> [ClosedRange<Int>] {
    var first = [Int](repeating: -1, count: graph.entries.count)
    var last = first
    for (index, node) in graph.nodes.enumerated() {
      for output in node.outputs {
        first[output.id] = index
        last[output.id] = index
      }
      for input in node.inputs { last[input.id] = index }
    }
    for id in kept { last[id] = graph.nodes.count }
    return zip(first, last).map { $0...$1 }
  }
}

extension Int {
  /// The least multiple of `alignment` that is not below this number.
  func rounded(upTo alignment: Int) -> Int {
    let alignment = Swift.max(1, alignment)
    return (self + alignment - 1) / alignment * alignment
  }
}
