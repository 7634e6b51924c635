import DeltaCL

/// Where the values of a graph and the scratch of its nodes lie in one arena per element type: two of them share elements
/// if no node needs both.
struct MemoryPlan {
  /// Values that follow each other in the same elements, or the scratch of one node.
  struct Block {
    /// The ids of the values in the order in which they are written; empty for scratch.
    fileprivate(set) var values: [Int]
    /// The node whose scratch this is.
    let scratchOf: Int?
    let elementType: ElementType
    let count: Int
    /// From the node that writes the first value (-1: the host, before the first) to the last that reads the last one.
    fileprivate(set) var lifetime: ClosedRange<Int>
    /// The place in the arena.
    fileprivate(set) var offset = 0

    var elements: Range<Int> { offset..<offset + count }
  }

  private(set) var blocks: [Block]
  /// The elements that each arena needs.
  private(set) var counts: [ElementType: Int] = [:]

  /// Packs the scratch and all values of a graph except those that lie elsewhere, the largest first, each at the lowest offset
  /// that is free for its whole lifetime.
  ///
  /// - Parameters:
  ///   - scratchByteCounts: The bytes of scratch that each node needs while it runs. They lie in the arena of `float32`, the
  ///     largest one, whatever they hold.
  ///   - kept: The ids of values that are read after the last node has run.
  ///   - external: The ids of values that have a storage of their own.
  ///   - alignment: Offsets are multiples of it.
  init(_ graph: Graph, scratchByteCounts: [Int], kept: Set<Int>, external: Set<Int>, alignment: Int) {
    blocks = MemoryPlan.blocks(of: graph, kept: kept, external: external)
    for (index, byteCount) in scratchByteCounts.enumerated() where byteCount > 0 {
      let count = ElementType.float32.count(holding: byteCount)
      blocks.append(
        Block(values: [], scratchOf: index, elementType: .float32, count: count, lifetime: index...index))
    }
    blocks = blocks.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
    for index in blocks.indices {
      let block = blocks[index]
      let neighbours = blocks[..<index]
        .filter { $0.elementType == block.elementType && $0.lifetime.overlaps(block.lifetime) }
        .sorted { $0.offset < $1.offset }
      var offset = 0
      for neighbour in neighbours {
        if offset + block.count <= neighbour.offset { break }
        offset = max(offset, neighbour.elements.upperBound.rounded(upTo: alignment))
      }
      blocks[index].offset = offset
      counts[block.elementType] = max(counts[block.elementType] ?? 0, blocks[index].elements.upperBound)
    }
  }

  /// The values as blocks: a result takes the place of an operand that dies with its node, if the operation allows it.
  private static func blocks(of graph: Graph, kept: Set<Int>, external: Set<Int>) -> [Block] {
    let lifetimes = lifetimes(of: graph, kept: kept)
    var blocks: [Block] = []
    /// The index of a value's block, by its id.
    var positions: [Int: Int] = [:]
    func append(_ value: GraphValue) {
      positions[value.id] = blocks.count
      blocks.append(
        Block(
          values: [value.id], scratchOf: nil, elementType: value.elementType, count: value.shape.elementCount,
          lifetime: lifetimes[value.id]))
    }

    for entry in graph.entries where entry.role != .computed && !external.contains(entry.value.id) {
      append(entry.value)
    }
    for (index, node) in graph.nodes.enumerated() {
      for (number, output) in node.outputs.enumerated() where !external.contains(output.id) {
        let dying = node.operation.inPlaceOperands.lazy.map { node.operands[$0] }
          .first { positions[$0.id] != nil && lifetimes[$0.id].upperBound == index }
        if number == 0, let dying, let position = positions[dying.id] {
          positions[output.id] = position
          blocks[position].values.append(output.id)
          blocks[position].lifetime = blocks[position].lifetime.lowerBound...lifetimes[output.id].upperBound
        } else {
          append(output)
        }
      }
    }
    return blocks
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
