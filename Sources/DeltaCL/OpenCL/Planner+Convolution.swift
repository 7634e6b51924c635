/// Convolution and its delta: a correlation of a padded image with packed kernels, for the delta phase by phase.
/// `Kernels/OpenCL/convolution/correlate.cl` and `delta-pack.cl` explain the kernels.
extension Planner {
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

  /// An NHWC image in memory.
  struct Image {
    let argument: Launch.Argument
    let rows: Int
    let columns: Int
    let channels: Int
    /// What is not padding.
    var inside: (rows: Range<Int>, columns: Range<Int>)?

    /// The first of the rows that are not padding and their number, and those of the columns.
    var insideArguments: [Launch.Argument] {
      let (insideRows, insideColumns) = inside ?? (0..<rows, 0..<columns)
      return [
        .int(insideRows.lowerBound), .int(insideRows.count), .int(insideColumns.lowerBound), .int(insideColumns.count),
      ]
    }
  }

  func convolution(_ given: Convolution, bias: Bool) throws(DeltaCLError) -> LaunchList {
    let convolution = try given.inOneRow
    var list = LaunchList()
    var x = Image(
      argument: .operand(0), rows: convolution.inputSize.rows, columns: convolution.inputSize.columns,
      channels: convolution.inputChannels)
    let y = Image(
      argument: .operand(bias ? 3 : 2), rows: convolution.outputSize.rows, columns: convolution.outputSize.columns,
      channels: convolution.outputChannels)
    let groupKernels = convolution.outputChannels / convolution.groups
    let groupChannels = convolution.inputChannels / convolution.groups
    let padding = convolution.padding
    let rowTile = registerTile(
      pixels: convolution.outputSize.columns, channels: groupKernels, width: vectorWidth(covering: groupKernels),
      pixelStep: convolution.stride.columns * convolution.inputChannels,
      terms: convolution.kernelSize.rows * convolution.kernelSize.columns * groupChannels)
    let imageTile = imageTile(
      convolution, channels: groupKernels, summed: groupChannels, image: x,
      rowCost: Double(convolution.outputSize.rows * convolution.kernelSize.rows * convolution.kernelSize.columns)
        * Double(rowTile.cost))
    let tile = imageTile ?? rowTile
    if imageTile == nil {
      x = try pad(
        x, batch: convolution.batch, to: convolution.paddedInputSize, offset: (padding.top, padding.left), &list)
    }
    let blocksPerGroup = ceilingDivision(groupKernels, tile.lanes)
    let blocks = blocksPerGroup * convolution.groups
    let taps = convolution.kernelSize.rows * convolution.kernelSize.columns * groupChannels
    let packed = try list.scratch(blocks * ((1 + taps) * tile.lanes + 1), for: "packed kernels")
    list.append(
      Launch(
        "convolution_pack", in: "convolution/correlate",
        constants: ["V": tile.width, "NV": tile.vectors, "TILE": 1, "X_STEP": 1],
        [
          .operand(1), .operand(bias ? 2 : 1), packed, .int(blocks), .int(blocksPerGroup), .int(groupKernels),
          .int(taps), .int(bias ? 1 : 0),
        ], globalSize: [blocks]))
    list.append(
      correlate(
        x, from: imageTile == nil ? (0, 0) : (-padding.top, -padding.left), packed, tile,
        byImages: imageTile != nil, groupChannels: groupChannels, groupKernels: groupKernels,
        groups: convolution.groups, kernelSize: convolution.kernelSize, dilation: convolution.dilation,
        stride: convolution.stride, batch: convolution.batch, computed: convolution.outputSize, into: y, at: (0, 0),
        step: 1))
    return list
  }

  func convolutionDelta(_ given: Convolution) throws(DeltaCLError) -> LaunchList {
    let convolution = try given.inOneRow
    if usesGather(convolution) { return gatheredDelta(convolution) }
    var list = LaunchList()
    let (rows, columns, coverAll) = try DeltaPhase.grid(convolution)
    if !coverAll {
      list.append(elementwise("fill", on: [.operand(2)], count: convolution.inputShape.elementCount, [.float(0)]))
    }
    let dx = Image(
      argument: .operand(2), rows: convolution.inputSize.rows, columns: convolution.inputSize.columns,
      channels: convolution.inputChannels)
    let groupKernels = convolution.outputChannels / convolution.groups
    let groupChannels = convolution.inputChannels / convolution.groups
    var dy = Image(
      argument: .operand(0), rows: convolution.outputSize.rows, columns: convolution.outputSize.columns,
      channels: convolution.outputChannels)
    let rowTile = registerTile(
      pixels: columns.map(\.count).min() ?? 1, channels: groupChannels, width: vectorWidth(covering: groupChannels),
      pixelStep: convolution.outputChannels,
      terms: (rows.map(\.taps).max() ?? 1) * (columns.map(\.taps).max() ?? 1) * groupKernels)
    let taps = rows.reduce(0) { $0 + $1.count * $1.taps } * columns.reduce(0) { $0 + $1.taps }
    let imageTile = imageTile(
      convolution, channels: groupChannels, summed: groupKernels, image: dy,
      rowCost: Double(taps) * Double(rowTile.cost))
    let tile = imageTile ?? rowTile
    // The padding of dy that every phase stays within.
    var (top, left) = (0, 0)
    if imageTile == nil {
      top = rows.map { max(0, -$0.start) }.max() ?? 0
      left = columns.map { max(0, -$0.start) }.max() ?? 0
      let size = Extent(
        top + max(convolution.outputSize.rows, rows.map(\.end).max() ?? 0),
        left + max(convolution.outputSize.columns, columns.map(\.end).max() ?? 0))
      dy = try pad(dy, batch: convolution.batch, to: size, offset: (top, left), &list)
    }
    let blocksPerGroup = ceilingDivision(groupChannels, tile.lanes)
    let blocks = blocksPerGroup * convolution.groups
    for row in rows {
      for column in columns {
        let packed = try list.scratch(
          blocks * ((1 + row.taps * column.taps * groupKernels) * tile.lanes + 1), for: "packed kernels")
        list.append(
          Launch(
            "convolution_delta_pack", in: "convolution/delta-pack",
            constants: ["V": tile.width, "NV": tile.vectors],
            [
              .operand(1), packed, .int(blocks), .int(blocksPerGroup), .int(groupKernels), .int(groupChannels),
              .int(convolution.kernelSize.rows), .int(convolution.kernelSize.columns), .int(row.firstTap),
              .int(row.tapStep), .int(row.taps), .int(column.firstTap), .int(column.tapStep), .int(column.taps),
            ], globalSize: [blocks]))
        list.append(
          correlate(
            dy, from: (top + row.start, left + column.start), packed, tile, byImages: imageTile != nil,
            groupChannels: groupKernels,
            groupKernels: groupChannels, groups: convolution.groups, kernelSize: Extent(row.taps, column.taps),
            dilation: Extent(row.step, column.step), stride: 1, batch: convolution.batch,
            computed: Extent(row.count, column.count), into: dx, at: (row.first, column.first),
            step: convolution.stride))
      }
    }
    return list
  }

  /// The image surrounded by zeros in scratch, or itself where there is nothing to add.
  func pad(
    _ image: Image, batch: Int, to size: Extent, offset: (top: Int, left: Int), _ list: inout LaunchList
  ) throws(DeltaCLError) -> Image {
    if size == Extent(image.rows, image.columns) { return image }
    let rows = batch * size.rows
    let padded = Image(
      argument: try list.scratch(
        Shape([batch, size.rows, size.columns, image.channels]).elementCount, for: "padded image"),
      rows: size.rows, columns: size.columns, channels: image.channels,
      inside: (
        offset.top..<max(offset.top, min(size.rows, offset.top + image.rows)),
        offset.left..<max(offset.left, min(size.columns, offset.left + image.columns))
      ))
    list.append(
      Launch(
        "convolution_pad", in: "convolution/correlate", constants: ["V": 1, "NV": 1, "TILE": 1, "X_STEP": 1],
        [
          image.argument, padded.argument, .int(rows), .int(image.rows), .int(image.columns), .int(size.rows),
          .int(size.columns), .int(image.channels), .int(offset.top), .int(offset.left),
        ], globalSize: [rows]))
    return padded
  }

  /// The tile of images at one pixel that takes less time than tiles along rows: where rows are short, and where most taps
  /// of small images lie in the padding, which such tiles leave out. `nil` where it takes more.
  ///
  /// - Parameters:
  ///   - summed: The channels that are summed over.
  ///   - rowCost: The half cycles that an image takes with tiles along rows.
  private func imageTile(
    _ convolution: Convolution, channels: Int, summed: Int, image: Image, rowCost: Double
  ) -> RegisterTile? {
    guard convolution.batch > 1, summed >= 16 else { return nil }
    let tile = registerTile(
      pixels: convolution.batch, channels: channels, width: vectorWidth(covering: channels),
      pixelStep: image.rows * image.columns * image.channels,
      terms: convolution.kernelSize.rows * convolution.kernelSize.columns * summed)
    let taps = Double(convolution.rowAxis.tapsInside) * Double(convolution.columnAxis.tapsInside)
    return 1.2 * taps * Double(tile.cost) < Double(convolution.batch) * rowCost ? tile : nil
  }

  private func correlate(
    _ x: Image, from start: (row: Int, column: Int), _ packed: Launch.Argument, _ tile: RegisterTile,
    byImages: Bool, groupChannels: Int, groupKernels: Int, groups: Int, kernelSize: Extent, dilation: Extent,
    stride: Extent,
    batch: Int, computed: Extent,
    into y: Image, at first: (row: Int, column: Int), step: Extent
  ) -> Launch {
    let runs = Runs(
      columns: kernelSize.columns, step: dilation.columns, channels: x.channels, groupChannels: groupChannels)
    let blocksPerGroup = ceilingDivision(groupKernels, tile.lanes)
    if byImages {
      let parts = SumParts(runs: kernelSize.rows * kernelSize.columns, length: groupChannels)
      let pixels = computed.rows * computed.columns
      let imageTiles = ceilingDivision(batch, tile.pixels)
      return Launch(
        "convolution_correlate_images", in: "convolution/correlate",
        constants: [
          "V": tile.width, "NV": tile.vectors, "TILE": tile.pixels, "X_STEP": x.rows * x.columns * x.channels,
        ].merging(parts.constants) { $1 },
        [
          x.argument, packed, y.argument, .int(batch), .int(x.rows), .int(x.columns), .int(x.channels),
          .int(start.row), .int(start.column), .int(groupChannels), .int(groupKernels), .int(blocksPerGroup),
          .int(blocksPerGroup * groups), .int(kernelSize.rows), .int(kernelSize.columns), .int(dilation.rows),
          .int(dilation.columns), .int(stride.rows), .int(stride.columns), .int(computed.rows), .int(computed.columns),
          .int(y.rows), .int(y.columns), .int(y.channels), .int(first.row), .int(first.column), .int(step.rows),
          .int(step.columns), .int(imageTiles),
        ] + parts.arguments, globalSize: [blocksPerGroup * groups, 1, pixels], storesResult: true)
    }
    let parts = SumParts(runs: kernelSize.rows * runs.count, length: runs.length)
    let tilesInRow = ceilingDivision(computed.columns, tile.pixels)
    let multiplications = max(1, kernelSize.rows * runs.count * runs.length * tile.pixels * tile.vectors)
    let tiles = min(tilesInRow, ceilingDivision(multiplicationsPerItem, multiplications))
    let rows = batch * computed.rows
    return Launch(
      "convolution_correlate", in: "convolution/correlate",
      constants: ["V": tile.width, "NV": tile.vectors, "TILE": tile.pixels, "X_STEP": stride.columns * x.channels]
        .merging(parts.constants) { $1 },
      [
        x.argument, packed, y.argument, .int(rows), .int(x.rows), .int(x.columns), .int(x.channels), .int(start.row),
        .int(start.column),
      ] + x.insideArguments + [
        .int(groupChannels), .int(groupKernels), .int(blocksPerGroup), .int(blocksPerGroup * groups),
        .int(kernelSize.rows), .int(runs.count), .int(runs.length), .int(dilation.rows * x.columns * x.channels),
        .int(runs.step), .int(stride.rows), .int(computed.rows), .int(computed.columns), .int(y.rows), .int(y.columns),
        .int(y.channels), .int(first.row), .int(first.column), .int(step.rows), .int(step.columns), .int(tiles),
      ] + parts.arguments, globalSize: [blocksPerGroup * groups, ceilingDivision(tilesInRow, tiles), rows],
      storesResult: true)
  }
}

extension Convolution {
  /// The same over one row of all pixels, where every pixel stands alone: tiles then need not end with the image's rows.
  var inOneRow: Convolution {
    get throws(DeltaCLError) {
      guard batch > 0, kernelSize == 1, stride == 1, padding == 0, groups == 1 else { return self }
      return try Convolution(
        batch: 1, inputSize: Extent(1, batch * inputSize.rows * inputSize.columns), inputChannels: inputChannels,
        outputChannels: outputChannels, kernelSize: 1)
    }
  }
}

extension WindowAxis {
  /// The taps of all windows that do not lie in the padding.
  fileprivate var tapsInside: Int {
    (0..<window).reduce(0) { sum, tap in
      // The windows whose tap lies before the image's end, less those where it lies before its beginning.
      let offset = before - tap * dilation
      let end = min(count, max(0, ceilingDivision(size + offset, stride)))
      return sum + max(0, end - max(0, ceilingDivision(offset, stride)))
    }
  }
}
