/// Depthwise convolution, where each channel has a kernel of its own; `Kernels/OpenCL/depthwise/depthwise.cl` explains the kernels.
extension Planner {
  /// The most neighbouring pixels of a correlation's tile; more would share little more of what they read.
  private static let correlationPixels = 8
  /// The most neighbouring pixels of a gradient's tile: with the sums of a kernel row they stay in 32 registers.
  private static let gradientPixels = 16

  /// What a work-item computes at a time: `pixels` neighbouring pixels by `width` channels, of `blocks` such vectors.
  private struct Tile {
    let pixels: Int
    let width: Int
    let blocks: Int
    let constants: [String: Int]

    init(_ convolution: Convolution, pixels: Int, width: Int) {
      self.pixels = pixels
      self.width = width
      blocks = ceilingDivision(convolution.inputChannels, width)
      constants = [
        "V": width, "TILE": pixels, "S": convolution.kernelSize.columns, "STRIDE": convolution.stride.columns,
        "DILATION": convolution.dilation.columns,
      ]
    }
  }

  /// The launches of the depthwise kernels for an operation, or `nil` where they cannot do it.
  func depthwiseLaunches(for operation: TensorOperation) throws(DeltaCLError) -> LaunchList? {
    switch operation {
    case .convolution(let convolution, let bias) where isDepthwise(convolution):
      try depthwise(convolution, bias: bias)
    // A tile of the delta holds whole strides.
    case .convolutionDelta(let convolution)
    where isDepthwise(convolution) && convolution.stride.columns <= Planner.correlationPixels:
      try depthwiseDelta(convolution)
    case .convolutionGradient(let convolution) where isDepthwise(convolution): try depthwiseGradient(convolution)
    default: nil
    }
  }

  private func isDepthwise(_ convolution: Convolution) -> Bool {
    convolution.groups == convolution.inputChannels && convolution.groups == convolution.outputChannels
  }

  private func depthwise(_ convolution: Convolution, bias: Bool) throws(DeltaCLError) -> LaunchList {
    try correlation(
      "depthwise_correlate", convolution, into: convolution.outputSize, columns: convolution.outputSize.columns,
      step: 1, bias: bias)
  }

  private func depthwiseDelta(_ convolution: Convolution) throws(DeltaCLError) -> LaunchList {
    // Tiles begin where windows do, the first one before the image.
    let stride = convolution.stride.columns
    return try correlation(
      "depthwise_delta", convolution, into: convolution.inputSize,
      columns: convolution.inputSize.columns + convolution.padding.left % stride, step: stride, bias: false)
  }

  /// The launches that correlate the first operand with packed kernels.
  ///
  /// - Parameters:
  ///   - columns: What tiles have to cover.
  ///   - step: What the pixels of a tile must be a multiple of.
  private func correlation(
    _ kernel: String, _ convolution: Convolution, into size: Extent, columns: Int, step: Int, bias: Bool
  ) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let fewest = ceilingDivision(columns, Planner.correlationPixels / step * step)
    let tile = Tile(
      convolution, pixels: ceilingDivision(ceilingDivision(columns, fewest), step) * step,
      width: vectorWidth(within: convolution.inputChannels))
    let taps = convolution.kernelSize.rows * convolution.kernelSize.columns
    let packed = try list.scratch(Shape([1 + taps, convolution.inputChannels]).elementCount, for: "packed kernels")
    list.append(
      Launch(
        "depthwise_pack", in: "depthwise/depthwise", constants: tile.constants,
        [
          .operand(1), .operand(bias ? 2 : 1), packed, .int(convolution.inputChannels), .int(taps), .int(bias ? 1 : 0),
        ], globalSize: [tile.blocks]))
    let parts = SumParts(runs: convolution.kernelSize.rows, length: convolution.kernelSize.columns)
    let rows = convolution.batch * size.rows
    let rowsPerItem = streams ? max(1, rows / 64) : 1
    let tiles = ceilingDivision(columns, tile.pixels)
    let tilesPerItem = share(of: tiles, others: rows)
    let tileItems = ceilingDivision(tiles, tilesPerItem)
    let blocksPerItem = share(of: tile.blocks, others: rows * tileItems)
    list.append(
      Launch(
        kernel, in: "depthwise/depthwise", constants: tile.constants.merging(parts.constants) { $1 },
        [.operand(0), packed, .operand(bias ? 3 : 2), .int(rows)] + geometry(convolution) + [
          .int(blocksPerItem), .int(tilesPerItem), .int(rowsPerItem),
        ] + parts.arguments,
        globalSize: [
          ceilingDivision(tile.blocks, blocksPerItem), tileItems, ceilingDivision(rows, rowsPerItem),
        ], storesResult: true))
    return list
  }

  private func depthwiseGradient(_ convolution: Convolution) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let tile = Tile(
      convolution, pixels: Planner.gradientPixels(of: convolution.outputSize.columns),
      width: vectorWidth(within: convolution.inputChannels))
    let rows = convolution.batch * convolution.outputSize.rows
    let blocksPerItem = share(of: tile.blocks, others: rows)
    let items = ceilingDivision(tile.blocks, blocksPerItem)
    let splits = max(1, min(rows, ceilingDivision(streams ? 32 : 4096, items)))
    let taps = convolution.kernelSize.rows * convolution.kernelSize.columns
    let lanes = tile.blocks * tile.width
    let partial = try list.scratch(Shape([splits, taps, lanes]).elementCount, for: "partial kernel gradients")
    // Ranges of many pixels are summed up part by part.
    let part = SumParts.longestChain(of: rows * convolution.outputSize.columns)
    let isDivided = ceilingDivision(rows, splits) * convolution.outputSize.columns > part
    let parts =
      isDivided ? [try list.scratch(Shape([splits, taps, lanes]).elementCount, for: "parts"), .int(part)] : []
    list.append(
      Launch(
        "depthwise_gradient", in: "depthwise/depthwise",
        constants: tile.constants.merging(isDivided ? ["PARTS": 1] : [:]) { $1 },
        [.operand(0), .operand(1), partial, .int(rows)] + geometry(convolution) + [
          .int(blocksPerItem), .int(splits), .int(lanes),
        ] + parts, globalSize: [items, splits]))
    list.append(
      Launch(
        "depthwise_gradient_sum", in: "depthwise/depthwise", constants: tile.constants,
        [partial, .operand(2), .int(convolution.inputChannels), .int(taps), .int(splits), .int(lanes)],
        globalSize: [tile.blocks]))
    return list
  }

  /// The pixels of a gradient's tile: what is left of a row after whole tiles is done pixel by pixel, at some three times
  /// the time.
  private static func gradientPixels(of columns: Int) -> Int {
    let cost = { (pixels: Int) in columns / pixels * (pixels + 1) + columns % pixels * 3 }
    return (1...min(columns, gradientPixels)).min { cost($0) < cost($1) } ?? 1
  }

  /// Whether a work-item does whole rows of all channels, so that a core streams through memory.
  private var streams: Bool { channelsPerItem == .max }

  /// How many of `count` tiles or vectors of channels a work-item does: all, unless fewer than 16 work-items would do the
  /// others that it is combined with.
  private func share(of count: Int, others: Int) -> Int {
    streams ? ceilingDivision(count, ceilingDivision(16, max(others, 1))) : 1
  }

  /// The images' rows, columns and channels, the kernel's rows and how they move, and the padding.
  private func geometry(_ convolution: Convolution) -> [Launch.Argument] {
    [
      .int(convolution.inputSize.rows), .int(convolution.inputSize.columns), .int(convolution.inputChannels),
      .int(convolution.outputSize.rows), .int(convolution.outputSize.columns), .int(convolution.kernelSize.rows),
      .int(convolution.stride.rows), .int(convolution.dilation.rows), .int(convolution.padding.top),
      .int(convolution.padding.left),
    ]
  }
}
