/// ShuffleNetV2's unit: two branches joined, and their channels in turns.
struct ShuffleUnit: Layer {
  private let join: ConcatenationLayer
  private let shuffle: ChannelShuffle

  init(_ branches: [(name: String?, layer: any Layer)]) {
    join = ConcatenationLayer(branches)
    shuffle = ChannelShuffle(groups: branches.count)
  }

  func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    try shuffle(join(input, in: &graph), in: &graph)
  }
}
