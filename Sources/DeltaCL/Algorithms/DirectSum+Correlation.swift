/// Forward passes and deltas. `Kernels/OpenCL/convolution` explains the kernels.
extension DirectSum {
  func forward(_ parameters: Parameters, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    let convolution = try pass.convolution.inOneRow
    let (groupChannels, groupKernels) = (convolution.groupChannels, convolution.groupKernels)
    var list = LaunchList()
    var x = Image(
      argument: .operand(0), rows: convolution.inputSize.rows, columns: convolution.inputSize.columns,
      channels: convolution.inputChannels, groupStep: pass.firstStep(convolution.inputShape))
    let y = Image(
      argument: pass.biasAndResult.result, rows: convolution.outputSize.rows, columns: convolution.outputSize.columns,
      channels: convolution.outputChannels, groupStep: pass.resultStep(convolution.outputShape))
    let padding = convolution.padding
    let taps = convolution.taps
    let rowTile = RegisterTile(
      choosing: parameters.tile, pixels: convolution.outputSize.columns, channels: groupKernels,
      width: planner.vectorWidth(covering: groupKernels),
      pixelStep: convolution.stride.columns * convolution.inputChannels, terms: taps)
    let imageTile = imageTile(
      parameters, convolution, channels: groupKernels, summed: groupChannels, image: x,
      rowCost: Double(convolution.outputSize.rows * convolution.kernelSize.area)
        * Double(rowTile.cost))
    let tile = imageTile ?? rowTile
    if imageTile == nil {
      x = try x.padded(
        batch: convolution.batch, to: convolution.paddedInputSize, offset: (padding.top, padding.left), &list)
    }
    let groups = convolution.groups * pass.products
    let packed = try pass.packKernels(groupKernels, groups: groups, taps: taps, tile: tile, &list)
    list.append(
      correlate(
        Correlation(
          x: x, start: imageTile == nil ? (0, 0) : (-padding.top, -padding.left), packed: packed, tile: tile,
          isByImages: imageTile != nil, groupChannels: groupChannels, groupKernels: groupKernels,
          groups: groups, kernelSize: convolution.kernelSize, dilation: convolution.dilation,
          stride: convolution.stride, batch: convolution.batch, computed: convolution.outputSize, y: y, first: (0, 0),
          step: 1), epilogue))
    return list
  }

  func delta(_ parameters: Parameters, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    let convolution = try pass.convolution.inOneRow
    let (groupChannels, groupKernels) = (convolution.groupChannels, convolution.groupKernels)
    var list = LaunchList()
    let (rows, columns, coverAll) = try DeltaPhase.grid(convolution)
    if !coverAll {
      list.append(planner.fill(.operand(2), count: convolution.inputShape.elementCount, value: 0))
    }
    let dx = Image(
      argument: .operand(2), rows: convolution.inputSize.rows, columns: convolution.inputSize.columns,
      channels: convolution.inputChannels, groupStep: pass.resultStep(convolution.inputShape))
    var dy = Image(
      argument: .operand(0), rows: convolution.outputSize.rows, columns: convolution.outputSize.columns,
      channels: convolution.outputChannels, groupStep: pass.firstStep(convolution.outputShape))
    let rowTile = RegisterTile(
      choosing: parameters.tile, pixels: columns.map(\.count).min() ?? 1, channels: groupChannels,
      width: planner.vectorWidth(covering: groupChannels), pixelStep: convolution.outputChannels,
      terms: (rows.map(\.taps).max() ?? 1) * (columns.map(\.taps).max() ?? 1) * groupKernels)
    let taps = rows.reduce(0) { $0 + $1.count * $1.taps } * columns.reduce(0) { $0 + $1.taps }
    let imageTile = imageTile(
      parameters, convolution, channels: groupChannels, summed: groupKernels, image: dy,
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
      dy = try dy.padded(batch: convolution.batch, to: size, offset: (top, left), &list)
    }
    let blocksPerGroup = ceilingDivision(groupChannels, tile.lanes)
    let groups = convolution.groups * pass.products
    let blocks = blocksPerGroup * groups
    for row in rows {
      for column in columns {
        let packed = try list.scratch(
          .float32, blocks * ((1 + row.taps * column.taps * groupKernels) * tile.lanes + 1), for: "packed kernels")
        list.append(
          Launch(
            "convolution_delta_pack", in: "convolution/delta-pack",
            constants: ["V": tile.width, "NV": tile.vectors],
            [
              "w": .operand(1), "packed": packed, "blocks": .int(blocks), "blocksPerGroup": .int(blocksPerGroup),
              "groupKernels": .int(groupKernels), "groupChannels": .int(groupChannels),
              "R": .int(convolution.kernelSize.rows), "S": .int(convolution.kernelSize.columns),
              "r0": .int(row.firstTap), "rStep": .int(row.tapStep), "R1": .int(row.taps),
              "s0": .int(column.firstTap), "sStep": .int(column.tapStep), "S1": .int(column.taps),
            ], globalSize: [blocks]))
        list.append(
          correlate(
            Correlation(
              x: dy, start: (top + row.start, left + column.start), packed: packed, tile: tile,
              isByImages: imageTile != nil, groupChannels: groupKernels, groupKernels: groupChannels,
              groups: groups, kernelSize: Extent(row.taps, column.taps),
              dilation: Extent(row.step, column.step), stride: 1, batch: convolution.batch,
              computed: Extent(row.count, column.count), y: dx, first: (row.first, column.first),
              step: convolution.stride), coverAll ? epilogue : .none))
      }
    }
    if !coverAll, let launch = epilogue.launch(planner) { list.append(launch) }
    return list
  }

  /// A tile over images at one pixel, if it is faster than tiles along rows: for short rows, and for small images most of
  /// whose taps lie in the padding, which such tiles skip. `nil` if it is slower.
  ///
  /// - Parameters:
  ///   - summed: The channels that are summed over.
  ///   - rowCost: The half cycles that an image takes with tiles along rows.
  private func imageTile(
    _ parameters: Parameters, _ convolution: Convolution, channels: Int, summed: Int, image: Image, rowCost: Double
  ) -> RegisterTile? {
    guard convolution.batch > 1, summed >= 16 else { return nil }
    let tile = RegisterTile(
      choosing: parameters.tile, pixels: convolution.batch, channels: channels,
      width: planner.vectorWidth(covering: channels), pixelStep: image.rows * image.columns * image.channels,
      terms: convolution.kernelSize.area * summed)
    let taps = Double(convolution.rowAxis.tapsInside) * Double(convolution.columnAxis.tapsInside)
    return 1.2 * taps * Double(tile.cost) < Double(convolution.batch) * rowCost ? tile : nil
  }
}

extension ConvolutionPass {
  /// The distance of a product's x, or dy of a delta, of the given shape, and the next one's; `nil` if there is one product.
  func firstStep(_ shape: Shape) -> Int? { products == 1 ? nil : sharesFirst ? 0 : shape.elementCount }

  /// The same for its result.
  func resultStep(_ shape: Shape) -> Int? { products == 1 ? nil : shape.elementCount }
}

extension Convolution {
  /// A 1x1 convolution as one over a single row of all pixels, so that tiles need not end with the image's rows; others unchanged.
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
