/// The gradient of a bias, in stages; `Kernels/OpenCL/convolution/bias-gradient.cl` explains the kernels.
extension Planner {
  /// The work-items to split the sums among.
  private static let reductionItems = 128

  func biasGradient(rows: Int, channels: Int) throws(DeltaCLError) -> LaunchList {
    if !localTiles.isEmpty { return try localBiasGradient(rows: rows, channels: channels) }
    var list = LaunchList()
    let width = vectorWidth(within: channels)
    let vectors = [16, 8, 4, 2].first { $0 * width <= min(channels, channelsPerItem) } ?? 1
    let blocks = ceilingDivision(channels, vectors * width)
    let splits = max(1, min(rows, ceilingDivision(Self.reductionItems, max(1, blocks))))
    let partial = try list.scratch(.float32, splits * channels, for: "partial bias gradients")
    list.append(
      Launch(
        "bias_gradient", in: "convolution/bias-gradient", constants: ["V": width, "NV": vectors],
        [
          "dy": .operand(0), "partial": partial, "rows": .int(rows), "C": .int(channels), "blocks": .int(blocks),
          "splits": .int(splits), "part": .int(SumParts.longestChain(of: rows)),
        ], globalSize: [blocks, splits]))
    list.append(
      Launch(
        "bias_gradient_sum", in: "convolution/bias-gradient", constants: ["V": width, "NV": vectors],
        ["partial": partial, "db": .operand(1), "C": .int(channels), "splits": .int(splits)],
        globalSize: [ceilingDivision(channels, width)]))
    return list
  }
}
