/// The local family for GPUs: convolution and dense layers as matrix products with tiles in local memory;
/// `Kernels/OpenCL/local-convolution.cl` explains the kernels.
extension Planner {
  /// The work-groups that a gradient's split sums aim at.
  private static let splitWorkGroups = 256
  /// The pixels that make a part of a split sum worth its partial results.
  private static let pixelsPerSplit = 512
  /// The channels of a group that fill enough of the smallest tile.
  private static let minimumGroupChannels = 8

  /// The launches of the local family for an operation, or `nil` where it leaves it to other kernels.
  func localLaunches(for operation: TensorOperation) throws(DeltaCLError) -> LaunchList? {
    if localTiles.isEmpty { return nil }
    if let bias = operation.as(TensorOperation.BiasGradient.self) {
      return try localBiasGradient(rows: bias.rows, channels: bias.channels)
    }
    if let loss = operation.as(TensorOperation.SoftmaxCrossEntropy.self), loss.classes >= Self.minimumLocalClasses {
      return try localSoftmaxCrossEntropy(rows: loss.rows, classes: loss.classes)
    }
    guard operation.epilogue == nil, let pass = operation.convolutionPass,
      pass.dense != nil || fillsTiles(pass.convolution)
    else { return nil }
    return switch pass.direction {
    case .forward: localConvolution(pass.convolution, bias: pass.hasBias)
    case .delta: try localConvolutionDelta(pass.convolution)
    case .gradient: try localConvolutionGradient(pass.convolution)
    }
  }

  /// Whether a group has channels enough for tiles. Groups of few, as in depthwise convolution, would leave most of a tile
  /// empty; they take the kernels of the tile family.
  private func fillsTiles(_ convolution: Convolution) -> Bool {
    convolution.groups == 1
      || min(convolution.inputChannels, convolution.outputChannels) / convolution.groups >= Self.minimumGroupChannels
  }

  private func localConvolution(_ convolution: Convolution, bias: Bool) -> LaunchList {
    let groupChannels = convolution.inputChannels / convolution.groups
    let groupKernels = convolution.outputChannels / convolution.groups
    let kernelRow = convolution.kernelSize.columns * groupChannels
    let terms = convolution.kernelSize.rows * kernelRow
    var list = LaunchList()
    list.append(
      localCorrelation(
        LocalCorrelation(
          batch: convolution.batch, computed: convolution.outputSize, groups: convolution.groups,
          input: convolution.inputSize, channels: groupChannels,
          first: (-convolution.padding.top, -convolution.padding.left),
          stride: convolution.stride, dilation: convolution.dilation, kernelSize: convolution.kernelSize,
          output: convolution.outputSize, outputs: groupKernels, outputFirst: (0, 0), outputStep: 1,
          weights: LocalCorrelation.Weights(
            first: 0, row: kernelRow, column: groupChannels, channel: 1, output: terms, group: groupKernels * terms)),
        bias: bias ? .operand(2) : nil, into: .operand(bias ? 3 : 2)))
    return list
  }

  private func localConvolutionDelta(_ convolution: Convolution) throws(DeltaCLError) -> LaunchList {
    let groupChannels = convolution.inputChannels / convolution.groups
    let groupKernels = convolution.outputChannels / convolution.groups
    let kernelRow = convolution.kernelSize.columns * groupChannels
    let kernel = convolution.kernelSize.rows * kernelRow
    var list = LaunchList()
    let phases = try DeltaPhase.grid(convolution)
    if !phases.coverAll {
      list.append(elementwise("fill", on: [.operand(2)], count: convolution.inputShape.elementCount, [.float(0)]))
    }
    for row in phases.rows {
      for column in phases.columns {
        // The kernel's taps that reach the phase, in reverse order.
        let lastRow = row.firstTap + (row.taps - 1) * row.tapStep
        let lastColumn = column.firstTap + (column.taps - 1) * column.tapStep
        list.append(
          localCorrelation(
            LocalCorrelation(
              batch: convolution.batch, computed: Extent(row.count, column.count), groups: convolution.groups,
              input: convolution.outputSize, channels: groupKernels, first: (row.start, column.start), stride: 1,
              dilation: Extent(row.step, column.step), kernelSize: Extent(row.taps, column.taps),
              output: convolution.inputSize, outputs: groupChannels, outputFirst: (row.first, column.first),
              outputStep: convolution.stride,
              weights: LocalCorrelation.Weights(
                first: lastRow * kernelRow + lastColumn * groupChannels, row: -row.tapStep * kernelRow,
                column: -column.tapStep * groupChannels, channel: kernel, output: 1, group: groupKernels * kernel)),
            bias: nil, into: .operand(2)))
      }
    }
    return list
  }

  private func localConvolutionGradient(_ convolution: Convolution) throws(DeltaCLError) -> LaunchList {
    let groupChannels = convolution.inputChannels / convolution.groups
    let groupKernels = convolution.outputChannels / convolution.groups
    let taps = convolution.kernelSize.rows * convolution.kernelSize.columns * groupChannels
    let pixels = convolution.batch * convolution.outputSize.rows * convolution.outputSize.columns
    let mostSplits = max(1, pixels / Self.pixelsPerSplit)
    let tile = localTile(rows: groupKernels, columns: taps, groups: convolution.groups, parts: mostSplits)
    let tiles = tile.count(rows: groupKernels, columns: taps) * convolution.groups
    let splits = min(mostSplits, ceilingDivision(Self.splitWorkGroups, tiles))
    let count = convolution.kernelShape.elementCount

    var list = LaunchList()
    let partial = splits == 1 ? .operand(2) : try list.scratch(splits * count, for: "partial kernel gradients")
    let parts = localParts(of: ceilingDivision(pixels, splits), in: pixels, tile)
    let constants = localConstants(tile, channels: groupChannels, outputs: groupKernels, outputsAreInnermost: false)
      .merging(parts.constants) { $1 }
    list.append(
      Launch(
        "local_convolution_gradient", in: "local-convolution", constants: constants,
        [
          .operand(0), .operand(1), partial, .int(pixels), .int(convolution.outputSize.rows),
          .int(convolution.outputSize.columns), .int(convolution.outputChannels), .int(splits),
          .int(convolution.inputSize.rows), .int(convolution.inputSize.columns), .int(convolution.inputChannels),
          .int(-convolution.padding.top), .int(-convolution.padding.left), .int(convolution.stride.rows),
          .int(convolution.stride.columns), .int(convolution.dilation.rows), .int(convolution.dilation.columns),
          .int(convolution.groups), .int(convolution.kernelSize.columns), .int(groupChannels), .int(taps),
          .int(groupKernels), .int(convolution.padding == 0 ? 0 : 1), .int(parts.steps),
        ],
        globalSize: [
          ceilingDivision(taps, tile.columns) * tile.items, ceilingDivision(groupKernels, tile.rows),
          convolution.groups * splits,
        ], localSize: tile.items))
    if splits > 1 {
      list.append(
        Launch(
          "local_convolution_gradient_sum", in: "local-convolution", constants: constants,
          [partial, .operand(2), .int(count), .int(splits)], globalSize: [count]))
    }
    return list
  }

  private func localCorrelation(
    _ correlation: LocalCorrelation, bias: Launch.Argument?, into y: Launch.Argument
  ) -> Launch {
    let outputsAreInnermost = correlation.weights.output == 1
    let pixels = correlation.batch * correlation.computed.rows * correlation.computed.columns
    let tile = localTile(rows: pixels, columns: correlation.outputs, groups: correlation.groups, parts: 1)
    let terms = correlation.kernelSize.rows * correlation.kernelSize.columns * correlation.channels
    let parts = localParts(of: terms, in: terms, tile)
    return Launch(
      "local_convolution_correlate", in: "local-convolution",
      constants: localConstants(
        tile, channels: correlation.channels, outputs: correlation.outputs, outputsAreInnermost: outputsAreInnermost
      ).merging(parts.constants) { $1 },
      [
        .operand(0), .operand(1), bias ?? .operand(1), y, .int(bias == nil ? 0 : 1),
        .int(correlation.isPadded ? 1 : 0), .int(pixels),
        .int(correlation.computed.rows), .int(correlation.computed.columns), .int(correlation.input.rows),
        .int(correlation.input.columns), .int(correlation.channels * correlation.groups),
        .int(correlation.first.row), .int(correlation.first.column), .int(correlation.stride.rows),
        .int(correlation.stride.columns), .int(correlation.dilation.rows), .int(correlation.dilation.columns),
        .int(correlation.kernelSize.columns), .int(correlation.channels),
        .int(terms),
        .int(correlation.outputs), .int(correlation.weights.first), .int(correlation.weights.row),
        .int(correlation.weights.column), .int(correlation.weights.channel), .int(correlation.weights.output),
        .int(correlation.weights.group), .int(correlation.output.rows), .int(correlation.output.columns),
        .int(correlation.outputs * correlation.groups), .int(correlation.outputFirst.row),
        .int(correlation.outputFirst.column), .int(correlation.outputStep.rows), .int(correlation.outputStep.columns),
        .int(parts.steps),
      ],
      globalSize: [
        ceilingDivision(correlation.outputs, tile.columns) * tile.items, ceilingDivision(pixels, tile.rows),
        correlation.groups,
      ], localSize: tile.items, storesResult: true)
  }

  /// The steps of a tile that are summed up at a time, and the constants that say whether they are fewer than all: of `count` terms, a
  /// range of a sum of `terms`.
  private func localParts(of count: Int, in terms: Int, _ tile: LocalTile) -> (steps: Int, constants: [String: Int]) {
    let longest = SumParts.longestChain(of: terms)
    return (longest / tile.depth, count > longest ? ["PARTS": 1] : [:])
  }

  /// The tile that takes the least time; of equals the larger one.
  private func localTile(rows: Int, columns: Int, groups: Int, parts: Int) -> LocalTile {
    let costs = localTiles.map { $0.cost(count: $0.count(rows: rows, columns: columns) * groups, parts: parts) }
    let best = costs.indices.reduce(0) { costs[$1] < costs[$0] ? $1 : $0 }
    return localTiles[best]
  }

  /// The constants of a program, which the forward pass and the gradient share: how many neighbouring channels are copied or
  /// stored at a time, as many as keep every address aligned.
  private func localConstants(
    _ tile: LocalTile, channels: Int, outputs: Int, outputsAreInnermost: Bool
  ) -> [String: Int] {
    let vectors = (x: channels.isMultiple(of: 4) ? 4 : 1, y: outputs.isMultiple(of: 4) ? 4 : 1)
    return tile.constants.merging([
      "VX": vectors.x, "VW": outputsAreInnermost ? vectors.y : vectors.x, "VY": vectors.y,
      "OUTPUTS_INNERMOST": outputsAreInnermost ? 1 : 0,
    ]) { $1 }
  }
}
