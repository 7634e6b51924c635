extension DirectSum {
  /// How a kernel row lies in memory: runs of neighbouring floats.
  struct Runs {
    let count: Int
    let length: Int
    let step: Int

    /// `columns` kernel columns that are `step` pixels of `channels` channels apart, each reading `groupChannels`.
    init(columns: Int, step: Int, channels: Int, groupChannels: Int) {
      let areNeighbours = step == 1 && groupChannels == channels
      count = areNeighbours ? 1 : columns
      length = areNeighbours ? columns * channels : groupChannels
      self.step = step * channels
    }
  }

  /// A correlation of an image with packed kernels: a forward pass, or one phase of a delta.
  struct Correlation {
    let x: Image
    /// The first cell of the first window.
    let start: (row: Int, column: Int)
    let packed: Launch.Argument
    let tile: RegisterTile
    /// Whether a tile's pixels are those at one place of neighbouring images.
    let isByImages: Bool
    let groupChannels: Int
    let groupKernels: Int
    let groups: Int
    let kernelSize: Extent
    let dilation: Extent
    let stride: Extent
    let batch: Int
    let computed: Extent
    let y: Image
    /// Where the computed pixels go in y.
    let first: (row: Int, column: Int)
    let step: Extent

    var blocksPerGroup: Int { ceilingDivision(groupKernels, tile.lanes) }

    /// What both kernels take for the kernel's blocks.
    fileprivate var blockArguments: KernelArguments {
      [
        "xGroup": .int(x.groupStep ?? groupChannels), "yGroup": .int(y.groupStep ?? groupKernels),
        "groupKernels": .int(groupKernels), "blocksPerGroup": .int(blocksPerGroup),
        "blocks": .int(blocksPerGroup * groups), "R": .int(kernelSize.rows),
      ]
    }

    /// What both kernels take for y.
    fileprivate var outputArguments: KernelArguments {
      [
        "P": .int(computed.rows), "Q": .int(computed.columns), "YH": .int(y.rows), "YW": .int(y.columns),
        "YC": .int(y.channels), "yRow": .int(first.row), "yColumn": .int(first.column), "yRowStep": .int(step.rows),
        "yColumnStep": .int(step.columns),
      ]
    }
  }

  /// Vector multiplications that make a work-item of a correlation worth starting.
  private static let multiplicationsPerItem = 8192

  func correlate(_ given: Correlation, _ epilogue: EpilogueBinding) -> Launch {
    given.isByImages ? correlateImages(given, epilogue) : correlateRows(given, epilogue)
  }

  private func correlateImages(_ given: Correlation, _ epilogue: EpilogueBinding) -> Launch {
    let (x, tile) = (given.x, given.tile)
    let parts = SumParts(runs: given.kernelSize.rows * given.kernelSize.columns, length: given.groupChannels)
    let imageTiles = ceilingDivision(given.batch, tile.pixels)
    let input: KernelArguments = [
      "x": x.argument, "packed": given.packed, "y": given.y.argument, "images": .int(given.batch), "XH": .int(x.rows),
      "XW": .int(x.columns), "XC": .int(x.channels), "xRow": .int(given.start.row), "xColumn": .int(given.start.column),
    ]
    let kernel: KernelArguments = [
      "groupChannels": .int(given.groupChannels), "S": .int(given.kernelSize.columns),
      "dilationRows": .int(given.dilation.rows),
      "dilationColumns": .int(given.dilation.columns), "strideRows": .int(given.stride.rows),
      "strideColumns": .int(given.stride.columns),
    ]
    return Launch(
      "convolution_correlate_images", in: "convolution/correlate",
      constants: [
        "V": tile.width, "NV": tile.vectors, "TILE": tile.pixels, "X_STEP": x.rows * x.columns * x.channels,
      ].merging(parts.constants) { $1 },
      input + given.blockArguments + kernel + given.outputArguments + ["tiles": .int(imageTiles)]
        + parts.arguments("partRuns"),
      globalSize: [given.blocksPerGroup * given.groups, 1, given.computed.rows * given.computed.columns],
      epilogue: epilogue)
  }

  private func correlateRows(_ given: Correlation, _ epilogue: EpilogueBinding) -> Launch {
    let (x, tile) = (given.x, given.tile)
    let runs = Runs(
      columns: given.kernelSize.columns, step: given.dilation.columns, channels: x.channels,
      groupChannels: given.groupChannels)
    let parts = SumParts(runs: given.kernelSize.rows * runs.count, length: runs.length)
    let tilesInRow = ceilingDivision(given.computed.columns, tile.pixels)
    let multiplications = max(
      1, given.kernelSize.rows * runs.count * runs.length * tile.pixels * tile.vectors)
    let tiles = min(tilesInRow, ceilingDivision(Self.multiplicationsPerItem, multiplications))
    let rows = given.batch * given.computed.rows
    let input: KernelArguments = [
      "x": x.argument, "packed": given.packed, "y": given.y.argument, "rows": .int(rows), "XH": .int(x.rows),
      "XW": .int(x.columns), "XC": .int(x.channels), "xRow": .int(given.start.row), "xColumn": .int(given.start.column),
    ]
    let kernel: KernelArguments = [
      "runs": .int(runs.count), "runLength": .int(runs.length),
      "rowStep": .int(given.dilation.rows * x.columns * x.channels), "runStep": .int(runs.step),
      "strideRows": .int(given.stride.rows),
    ]
    return Launch(
      "convolution_correlate", in: "convolution/correlate",
      constants: [
        "V": tile.width, "NV": tile.vectors, "TILE": tile.pixels, "X_STEP": given.stride.columns * x.channels,
      ].merging(parts.constants) { $1 },
      input + x.insideArguments + given.blockArguments + kernel + given.outputArguments + ["tiles": .int(tiles)]
        + parts.arguments("partRuns"),
      globalSize: [given.blocksPerGroup * given.groups, ceilingDivision(tilesInRow, tiles), rows], epilogue: epilogue)
  }
}
