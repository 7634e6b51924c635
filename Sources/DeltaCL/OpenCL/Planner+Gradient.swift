/// The gradients of kernels and biases, in stages. `Kernels/OpenCL/convolution/gradient.cl` and `bias-gradient.cl` explain the
/// kernels.
extension Planner {
  func convolutionGradient(_ convolution: Convolution) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let x = try pad(
      Image(
        argument: .operand(0), rows: convolution.inputSize.rows, columns: convolution.inputSize.columns,
        channels: convolution.inputChannels),
      batch: convolution.batch, to: convolution.paddedInputSize,
      offset: (convolution.padding.top, convolution.padding.left), &list)
    let groupKernels = convolution.outputChannels / convolution.groups
    let runs = Runs(
      columns: convolution.kernelSize.columns, step: convolution.dilation.columns, channels: convolution.inputChannels,
      groupChannels: convolution.inputChannels / convolution.groups)
    let byTaps = registerTile(
      pixels: groupKernels, channels: runs.length, width: vectorWidth(within: runs.length), pixelStep: 1, fits: true)
    let byKernels = registerTile(
      pixels: runs.length, channels: groupKernels, width: vectorWidth(within: groupKernels), pixelStep: 1, fits: true)
    // Sums of lanes that are kernels have to be transposed, which takes some 16 half cycles for each.
    let pixels = convolution.batch * convolution.outputSize.rows * convolution.outputSize.columns
    let isFasterByTaps = pixels * byTaps.cost <= pixels * byKernels.cost + 16 * runs.length * groupKernels
    if choice.gradientLanes.map({ $0 == .taps }) ?? isFasterByTaps {
      try gradientByTaps(convolution, x, runs, byTaps, &list)
    } else {
      try gradientByKernels(convolution, x, runs, byKernels, &list)
    }
    return list
  }

  private func gradientByTaps(
    _ convolution: Convolution, _ x: Image, _ runs: Runs, _ tile: RegisterTile, _ list: inout LaunchList
  ) throws(DeltaCLError) {
    let groupKernels = convolution.outputChannels / convolution.groups
    let rows = convolution.batch * convolution.outputSize.rows
    // Where x and dy stay in cache as a whole, dw is best written row by row.
    let perItem =
      rows * convolution.outputSize.columns <= chunkPixels
      ? tile.pixels : ceilingDivision(64, tile.pixels) * tile.pixels
    let itemsPerGroup = ceilingDivision(groupKernels, perItem)
    let items = itemsPerGroup * convolution.groups
    let (splits, chunk) = gradientRanges(convolution, items: items)
    let count = convolution.kernelShape.elementCount
    let sums = splits > 1 ? try list.scratch(splits * count, for: "partial kernel gradients") : .operand(2)
    var constants = gradientConstants(convolution, x, tile, chunk)
    list.append(
      Launch(
        "convolution_gradient_taps", in: "convolution/gradient", constants: constants,
        [x.argument, .operand(1), sums] + gradientGeometry(convolution, x)
          + [.int(perItem), .int(itemsPerGroup), .int(items)] + gradientRuns(convolution, x, runs)
          + [.int(rows), .int(splits)], globalSize: [items, splits]))
    guard splits > 1 else { return }
    constants["BLOCK"] = elementsPerItem
    list.append(
      Launch(
        "convolution_gradient_taps_sum", in: "convolution/gradient", constants: constants,
        [sums, .operand(2), .int(count), .int(splits)], globalSize: [ceilingDivision(count, elementsPerItem)]))
  }

  private func gradientByKernels(
    _ convolution: Convolution, _ x: Image, _ runs: Runs, _ tile: RegisterTile, _ list: inout LaunchList
  ) throws(DeltaCLError) {
    let groupKernels = convolution.outputChannels / convolution.groups
    let rows = convolution.batch * convolution.outputSize.rows
    let blocksPerGroup = ceilingDivision(groupKernels, tile.lanes)
    let blocks = blocksPerGroup * convolution.groups
    let (splits, chunk) = gradientRanges(convolution, items: blocks)
    let lines = convolution.kernelSize.rows * runs.count
    let partial = try list.scratch(
      splits * blocks * lines * runs.length * tile.lanes, for: "partial kernel gradients")
    let constants = gradientConstants(convolution, x, tile, chunk)
    list.append(
      Launch(
        "convolution_gradient_kernels", in: "convolution/gradient", constants: constants,
        [x.argument, .operand(1), partial] + gradientGeometry(convolution, x) + [.int(blocksPerGroup), .int(blocks)]
          + gradientRuns(convolution, x, runs) + [.int(rows), .int(splits)], globalSize: [blocks, splits]))
    list.append(
      Launch(
        "convolution_gradient_kernels_sum", in: "convolution/gradient", constants: constants,
        [
          partial, .operand(2), .int(groupKernels), .int(blocksPerGroup), .int(blocks), .int(lines), .int(runs.length),
          .int(splits),
        ], globalSize: [lines, blocks]))
  }

  /// How many ranges of rows the sums are split into, and the rows and columns of a chunk of a range, which is summed up for itself.
  ///
  /// A chunk is chosen for the caches. The chunks of a range must not be so many, nor so large, that the rounding of their sums, or
  /// within them, grows faster than the square root of the number of pixels.
  private func gradientRanges(
    _ convolution: Convolution, items: Int
  ) -> (splits: Int, chunk: (rows: Int, columns: Int)) {
    let rows = convolution.batch * convolution.outputSize.rows
    let columns = convolution.outputSize.columns
    let longest = SumParts.longestChain(of: rows * columns)
    let chunk: (rows: Int, columns: Int) =
      if columns > longest {
        (1, ceilingDivision(columns, ceilingDivision(columns, longest)))
      } else {
        (max(1, min(choice.chunkPixels ?? chunkPixels, longest) / columns), columns)
      }
    let fewest = Int(Double(rows * columns).squareRoot()) / (3 * chunk.rows * chunk.columns)
    let splits = max(choice.splits ?? ceilingDivision(gradientItems, items), fewest)
    return (max(1, min(rows, splits)), chunk)
  }

  private func gradientConstants(
    _ convolution: Convolution, _ x: Image, _ tile: RegisterTile, _ chunk: (rows: Int, columns: Int)
  ) -> [String: Int] {
    var constants = [
      "V": tile.width, "NV": tile.vectors, "TILE": tile.pixels, "X_STEP": convolution.stride.columns * x.channels,
      "ROWS": chunk.rows, "BLOCK": 1,
    ]
    if chunk.columns < convolution.outputSize.columns { constants["COLUMNS"] = chunk.columns }
    return constants
  }

  /// The padded image, and the channels and kernels of a group.
  private func gradientGeometry(_ convolution: Convolution, _ x: Image) -> [Launch.Argument] {
    [.int(x.rows), .int(x.columns), .int(x.channels)] + x.insideArguments + [
      .int(convolution.inputChannels / convolution.groups), .int(convolution.outputChannels / convolution.groups),
    ]
  }

  /// The kernel's runs, and dy.
  private func gradientRuns(_ convolution: Convolution, _ x: Image, _ runs: Runs) -> [Launch.Argument] {
    [
      .int(convolution.kernelSize.rows), .int(runs.count), .int(runs.length),
      .int(convolution.dilation.rows * x.columns * x.channels), .int(runs.step), .int(convolution.stride.rows),
      .int(convolution.outputSize.rows), .int(convolution.outputSize.columns), .int(convolution.outputChannels),
    ]
  }

  func biasGradient(rows: Int, channels: Int) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let width = vectorWidth(within: channels)
    let vectors = [16, 8, 4, 2].first { $0 * width <= min(channels, channelsPerItem) } ?? 1
    let blocks = ceilingDivision(channels, vectors * width)
    let splits = splits(of: rows, items: blocks)
    let part = SumParts.longestChain(of: rows)
    let partial = try list.scratch(splits * channels, for: "partial bias gradients")
    list.append(
      Launch(
        "bias_gradient", in: "convolution/bias-gradient", constants: ["V": width, "NV": vectors],
        [.operand(0), partial, .int(rows), .int(channels), .int(blocks), .int(splits), .int(part)],
        globalSize: [blocks, splits]))
    list.append(
      Launch(
        "bias_gradient_sum", in: "convolution/bias-gradient", constants: ["V": width, "NV": vectors],
        [partial, .operand(1), .int(channels), .int(splits)], globalSize: [ceilingDivision(channels, width)]))
    return list
  }

  /// How many ranges a reduction over `rows` is split into so that enough work-items share it.
  private func splits(of rows: Int, items: Int) -> Int {
    max(1, min(rows, ceilingDivision(reductionItems, max(1, items))))
  }
}
