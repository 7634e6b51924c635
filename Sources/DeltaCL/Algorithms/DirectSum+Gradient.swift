/// The kernel gradient, in stages. `Kernels/OpenCL/convolution/gradient.cl` explains the kernels.
extension DirectSum {
  /// The work-items to split the sums among.
  private static let items = 16
  /// Output pixels whose part of a vector of dy stays in the L1 cache.
  private static let defaultChunkPixels = 112

  func gradient(_ parameters: Parameters) throws(DeltaCLError) -> LaunchList {
    let convolution = pass.convolution
    var list = LaunchList()
    let x = try Image(
      argument: .operand(0), rows: convolution.inputSize.rows, columns: convolution.inputSize.columns,
      channels: convolution.inputChannels
    ).padded(
      batch: convolution.batch, to: convolution.paddedInputSize,
      offset: (convolution.padding.top, convolution.padding.left), &list)
    let runs = Runs(
      columns: convolution.kernelSize.columns, step: convolution.dilation.columns, channels: convolution.inputChannels,
      groupChannels: convolution.groupChannels)
    let byTaps = RegisterTile(
      choosing: parameters.tile, pixels: convolution.groupKernels, channels: runs.length,
      width: planner.vectorWidth(within: runs.length), pixelStep: 1, fits: true)
    let byKernels = RegisterTile(
      choosing: parameters.tile, pixels: runs.length, channels: convolution.groupKernels,
      width: planner.vectorWidth(within: convolution.groupKernels), pixelStep: 1, fits: true)
    // With kernels as lanes the sums have to be transposed, which takes some 16 half cycles each.
    let pixels = convolution.batch * convolution.outputSize.area
    let isFasterByTaps = pixels * byTaps.cost <= pixels * byKernels.cost + 16 * runs.length * convolution.groupKernels
    switch parameters.lanes ?? (isFasterByTaps ? .taps : .kernels) {
    case .taps: try gradientByTaps(parameters, x, runs, byTaps, &list)
    case .kernels: try gradientByKernels(parameters, x, runs, byKernels, &list)
    }
    return list
  }

  private func gradientByTaps(
    _ parameters: Parameters, _ x: Image, _ runs: Runs, _ tile: RegisterTile, _ list: inout LaunchList
  ) throws(DeltaCLError) {
    let convolution = pass.convolution
    let rows = convolution.batch * convolution.outputSize.rows
    // If all of x and dy stays in cache, dw is best written row by row.
    let perItem =
      rows * convolution.outputSize.columns <= parameters.chunkPixels ?? Self.defaultChunkPixels
      ? tile.pixels : ceilingDivision(64, tile.pixels) * tile.pixels
    let itemsPerGroup = ceilingDivision(convolution.groupKernels, perItem)
    let items = itemsPerGroup * convolution.groups
    let (splits, chunk) = ranges(parameters, items: items)
    let count = convolution.kernelShape.elementCount
    let sums = splits > 1 ? try list.scratch(.float32, splits * count, for: "partial kernel gradients") : .operand(2)
    list.append(
      Launch(
        "convolution_gradient_taps", in: "convolution/gradient", constants: constants(x, tile, chunk),
        ["x": x.argument, "dy": .operand(1), "sums": sums] + geometry(x) + [
          "perItem": .int(perItem), "itemsPerGroup": .int(itemsPerGroup), "items": .int(items),
        ] + arguments(runs, x) + ["rows": .int(rows), "splits": .int(splits)], globalSize: [items, splits]))
    guard splits > 1 else { return }
    list.append(
      Launch(
        "convolution_gradient_taps_sum", in: "convolution/gradient-sum", constants: ["V": tile.width, "NV": 1],
        [
          "sums": sums, "dw": .operand(2), "count": .int(count), "splits": .int(splits),
          "perItem": .int(planner.elementsPerItem),
        ],
        globalSize: [ceilingDivision(count, planner.elementsPerItem)]))
  }

  private func gradientByKernels(
    _ parameters: Parameters, _ x: Image, _ runs: Runs, _ tile: RegisterTile, _ list: inout LaunchList
  ) throws(DeltaCLError) {
    let convolution = pass.convolution
    let rows = convolution.batch * convolution.outputSize.rows
    let blocksPerGroup = ceilingDivision(convolution.groupKernels, tile.lanes)
    let blocks = blocksPerGroup * convolution.groups
    let (splits, chunk) = ranges(parameters, items: blocks)
    let lines = convolution.kernelSize.rows * runs.count
    let partial = try list.scratch(
      .float32, splits * blocks * lines * runs.length * tile.lanes, for: "partial kernel gradients")
    list.append(
      Launch(
        "convolution_gradient_kernels", in: "convolution/gradient", constants: constants(x, tile, chunk),
        ["x": x.argument, "dy": .operand(1), "partial": partial] + geometry(x) + [
          "blocksPerGroup": .int(blocksPerGroup), "blocks": .int(blocks),
        ] + arguments(runs, x) + ["rows": .int(rows), "splits": .int(splits)], globalSize: [blocks, splits]))
    pass.sumKernelGradients(partial, lines: lines, runLength: runs.length, splits: splits, tile: tile, &list)
  }

  /// Split-K: how many ranges of rows the sums are split into, and the rows and columns of a chunk of a range, which has a sum of its
  /// own.
  ///
  /// A chunk is chosen for the caches. The chunks of a range must not be so many, nor so large, that the rounding of their sums, or
  /// within them, grows faster than the square root of the number of pixels.
  private func ranges(
    _ parameters: Parameters, items: Int
  ) -> (splits: Int, chunk: (rows: Int, columns: Int)) {
    let convolution = pass.convolution
    let rows = convolution.batch * convolution.outputSize.rows
    let columns = convolution.outputSize.columns
    let longest = SumParts.longestChain(of: rows * columns)
    let chunk: (rows: Int, columns: Int) =
      if columns > longest {
        (1, ceilingDivision(columns, ceilingDivision(columns, longest)))
      } else {
        (max(1, min(parameters.chunkPixels ?? Self.defaultChunkPixels, longest) / columns), columns)
      }
    let fewest = Int(Double(rows * columns).squareRoot()) / (3 * chunk.rows * chunk.columns)
    let splits = max(parameters.splits ?? ceilingDivision(Self.items, items), fewest)
    return (max(1, min(rows, splits)), chunk)
  }

  private func constants(_ x: Image, _ tile: RegisterTile, _ chunk: (rows: Int, columns: Int)) -> [String: Int] {
    var constants = [
      "V": tile.width, "NV": tile.vectors, "TILE": tile.pixels, "X_STEP": pass.convolution.stride.columns * x.channels,
      "ROWS": chunk.rows,
    ]
    if chunk.columns < pass.convolution.outputSize.columns { constants["COLUMNS"] = chunk.columns }
    return constants
  }

  /// The padded image, and the channels and kernels of a group.
  private func geometry(_ x: Image) -> KernelArguments {
    let convolution = pass.convolution
    return ["XH": .int(x.rows), "XW": .int(x.columns), "XC": .int(x.channels)] + x.insideArguments + [
      "groupChannels": .int(convolution.groupChannels),
      "groupKernels": .int(convolution.groupKernels),
    ]
  }

  /// The kernel's runs, and dy.
  private func arguments(_ runs: Runs, _ x: Image) -> KernelArguments {
    let convolution = pass.convolution
    return [
      "R": .int(convolution.kernelSize.rows), "runs": .int(runs.count), "runLength": .int(runs.length),
      "rowStep": .int(convolution.dilation.rows * x.columns * x.channels), "runStep": .int(runs.step),
      "strideRows": .int(convolution.stride.rows), "P": .int(convolution.outputSize.rows),
      "Q": .int(convolution.outputSize.columns), "YC": .int(convolution.outputChannels),
    ]
  }
}
