/// Dense layers: they read their weights where they lie, or are 1x1 convolutions. `Kernels/OpenCL/dense/dense.cl` explains the
/// kernels.
extension Planner {
  func dense(_ dense: Dense, bias: Bool) throws(DeltaCLError) -> LaunchList {
    guard streamsWeights(dense) else { return try convolution(dense.convolution, bias: bias) }
    var list = LaunchList()
    let tile = min(3, dense.outputs), rows = min(8, dense.batch)
    // Chunks of x that stay in the second cache, for as many kernels as leave some 32 work-items.
    // Neither a lane's part of a chunk nor the number of chunks may be so great that rounding errors pass their bound.
    let longest = SumParts.longestChain(of: dense.inputs)
    let chunk = min(
      max(512, 65536 / dense.batch, longest / 4) / maximumVectorWidth * maximumVectorWidth,
      longest * maximumVectorWidth)
    let perItem = max(1, min(16, dense.outputs / (32 * tile))) * tile
    list.append(
      Launch(
        "dense", in: "dense/dense", constants: ["V": maximumVectorWidth, "TILE": tile, "ROWS": rows],
        [
          .operand(0), .operand(1), .operand(bias ? 2 : 1), .operand(bias ? 3 : 2), .int(dense.batch),
          .int(dense.inputs), .int(dense.outputs), .int(perItem), .int(chunk), .int(bias ? 1 : 0),
        ], globalSize: [ceilingDivision(dense.outputs, perItem)], storesResult: true))
    return list
  }

  func denseDelta(_ dense: Dense) throws(DeltaCLError) -> LaunchList {
    guard streamsWeights(dense) else { return try convolutionDelta(dense.convolution) }
    var list = LaunchList()
    // Columns whose sums stay in the first cache, but so few that some 16 work-items share them.
    let fitting = max(32, min(1024, 8192 / dense.batch, dense.inputs / 16))
    let columns = ceilingDivision(fitting, maximumVectorWidth) * maximumVectorWidth
    let parts = SumParts(runs: 1, length: dense.outputs)
    let part = parts.isDivided ? ceilingDivision(parts.length, 16) * 16 : parts.length
    list.append(
      Launch(
        "dense_delta", in: "dense/dense",
        constants: ["V": maximumVectorWidth, "N": dense.batch, "COLUMNS": columns].merging(parts.constants) { $1 },
        [.operand(0), .operand(1), .operand(2), .int(dense.inputs), .int(dense.outputs), .int(part)],
        globalSize: [ceilingDivision(dense.inputs, columns)], storesResult: true))
    return list
  }

  func denseGradient(_ dense: Dense) throws(DeltaCLError) -> LaunchList {
    try convolutionGradient(dense.convolution)
  }

  /// Whether the weights are read where they lie: where that is chosen, or takes less time than to pack them.
  func streamsWeights(_ dense: Dense) -> Bool {
    canStreamWeights(dense)
      && (choice.algorithm.map { $0 == .streaming } ?? (dense.batch <= denseStreamingRows))
  }

  /// Whether the weights can be read where they lie.
  func canStreamWeights(_ dense: Dense) -> Bool {
    dense.batch > 0 && dense.inputs.isMultiple(of: maximumVectorWidth)
  }
}
