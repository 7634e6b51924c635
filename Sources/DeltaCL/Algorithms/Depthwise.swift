/// Depthwise convolution, where each channel has a kernel of its own; `Kernels/OpenCL/depthwise/tile.h` explains the kernels.
struct Depthwise: ConvolutionAlgorithm {
  static let name = "depthwise"

  /// The most neighbouring pixels of a correlation's tile; more would share hardly more loads.
  private static let correlationPixels = 8
  /// The most neighbouring pixels of a gradient's tile: with the accumulators of a kernel row they fit into 32 registers.
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

  private let pass: ConvolutionPass
  private let convolution: Convolution
  private let planner: Planner

  init(_ pass: ConvolutionPass, on planner: Planner) throws(Refusal) {
    self.pass = pass
    convolution = pass.convolution
    self.planner = planner
    guard pass.dense == nil else { throw .otherOperation }
    guard convolution.groups == convolution.inputChannels, convolution.groups == convolution.outputChannels else {
      throw .notDepthwise
    }
    // A tile of the delta holds whole strides.
    guard pass.direction != .delta || convolution.stride.columns <= Self.correlationPixels else {
      throw .stride(convolution.stride.columns, most: Self.correlationPixels)
    }
  }

  func launches(_ parameters: NoParameters, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    switch pass.direction {
    case .forward: try forward(epilogue)
    case .delta: try delta(epilogue)
    case .gradient: try gradient()
    }
  }

  private func forward(_ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    let (bias, result) = pass.biasAndResult
    return try correlation(
      "correlate", x: "x", y: "y", bias: bias, result: result, into: convolution.outputSize,
      columns: convolution.outputSize.columns, step: 1, epilogue)
  }

  private func delta(_ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    // Tiles begin where windows do, the first one before the image.
    let stride = convolution.stride.columns
    return try correlation(
      "delta", x: "dy", y: "dx", bias: .operand(1), result: .operand(2), into: convolution.inputSize,
      columns: convolution.inputSize.columns + convolution.padding.left % stride, step: stride, epilogue)
  }

  /// The launches that correlate the first operand with packed kernels.
  ///
  /// - Parameters:
  ///   - x: The kernel's parameter for the first operand.
  ///   - y: Its parameter for the result.
  ///   - columns: What tiles have to cover.
  ///   - step: What the pixels of a tile must be a multiple of.
  private func correlation(
    _ kernel: String, x: String, y: String, bias: Launch.Argument, result: Launch.Argument, into size: Extent,
    columns: Int, step: Int, _ epilogue: EpilogueBinding
  ) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let fewest = ceilingDivision(columns, Self.correlationPixels / step * step)
    let tile = Tile(
      convolution, pixels: ceilingDivision(ceilingDivision(columns, fewest), step) * step,
      width: planner.vectorWidth(within: convolution.inputChannels))
    let taps = convolution.kernelSize.area
    let packed = try list.scratch(
      .float32, Shape([1 + taps, convolution.inputChannels]).elementCount, for: "packed kernels")
    let parts = SumParts(runs: convolution.kernelSize.rows, length: convolution.kernelSize.columns)
    list.append(
      Launch(
        "depthwise_pack", in: "depthwise/pack", constants: ["V": tile.width],
        [
          "w": .operand(1), "b": bias, "packed": packed, "C": .int(convolution.inputChannels), "taps": .int(taps),
          "hasBias": .flag(pass.hasBias),
        ], globalSize: [tile.blocks]))
    let rows = convolution.batch * size.rows
    let rowsPerItem = planner.itemsTakeAllChannels ? max(1, rows / 64) : 1
    let tiles = ceilingDivision(columns, tile.pixels)
    let tilesPerItem = share(of: tiles, others: rows)
    let tileItems = ceilingDivision(tiles, tilesPerItem)
    let blocksPerItem = share(of: tile.blocks, others: rows * tileItems)
    var arguments: KernelArguments = [:]
    arguments.append(x, .operand(0))
    arguments.append("packed", packed)
    arguments.append(y, result)
    list.append(
      Launch(
        "depthwise_\(kernel)", in: "depthwise/\(kernel)", constants: tile.constants.merging(parts.constants) { $1 },
        arguments + ["rows": .int(rows)] + geometry + [
          "blocksPerItem": .int(blocksPerItem), "tilesPerItem": .int(tilesPerItem), "rowsPerItem": .int(rowsPerItem),
        ] + parts.arguments("partRows"),
        globalSize: [
          ceilingDivision(tile.blocks, blocksPerItem), tileItems, ceilingDivision(rows, rowsPerItem),
        ], epilogue: epilogue))
    return list
  }

  private func gradient() throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let tile = Tile(
      convolution, pixels: Self.gradientPixels(of: convolution.outputSize.columns),
      width: planner.vectorWidth(within: convolution.inputChannels))
    let rows = convolution.batch * convolution.outputSize.rows
    let blocksPerItem = share(of: tile.blocks, others: rows)
    let items = ceilingDivision(tile.blocks, blocksPerItem)
    let splits = max(1, min(rows, ceilingDivision(planner.itemsTakeAllChannels ? 32 : 4096, items)))
    let taps = convolution.kernelSize.area
    let lanes = tile.blocks * tile.width
    let partial = try list.scratch(
      .float32, Shape([splits, taps, lanes]).elementCount, for: "partial kernel gradients")
    // Ranges of many pixels are summed up part by part.
    let part = SumParts.longestChain(of: rows * convolution.outputSize.columns)
    let isDivided = ceilingDivision(rows, splits) * convolution.outputSize.columns > part
    let parts: KernelArguments =
      isDivided
      ? [
        "parts": try list.scratch(.float32, Shape([splits, taps, lanes]).elementCount, for: "parts"),
        "part": .int(part),
      ] : [:]
    list.append(
      Launch(
        "depthwise_gradient", in: "depthwise/gradient",
        constants: tile.constants.merging(isDivided ? ["PARTS": 1] : [:]) { $1 },
        ["x": .operand(0), "dy": .operand(1), "partial": partial, "rows": .int(rows)] + geometry + [
          "blocksPerItem": .int(blocksPerItem), "splits": .int(splits), "lanes": .int(lanes),
        ] + parts, globalSize: [items, splits]))
    list.append(
      Launch(
        "depthwise_gradient_sum", in: "depthwise/gradient-sum", constants: ["V": tile.width],
        [
          "partial": partial, "dw": .operand(2), "C": .int(convolution.inputChannels), "taps": .int(taps),
          "splits": .int(splits), "lanes": .int(lanes),
        ],
        globalSize: [tile.blocks]))
    return list
  }

  /// The pixels of a gradient's tile. What whole tiles leave of a row is processed pixel by pixel, which takes about three
  /// times as long.
  private static func gradientPixels(of columns: Int) -> Int {
    let cost = { (pixels: Int) in columns / pixels * (pixels + 1) + columns % pixels * 3 }
    return (1...min(columns, gradientPixels)).min { cost($0) < cost($1) } ?? 1
  }

  /// How many of `count` tiles or vectors of channels a work-item processes: all, unless the `others`, the work-items along
  /// the other axes, are fewer than 16.
  private func share(of count: Int, others: Int) -> Int {
    planner.itemsTakeAllChannels ? ceilingDivision(count, ceilingDivision(16, max(others, 1))) : 1
  }

  /// The sizes of the images, the kernel's rows with their stride and dilation, and the padding.
  private var geometry: KernelArguments {
    [
      "H": .int(convolution.inputSize.rows), "W": .int(convolution.inputSize.columns),
      "C": .int(convolution.inputChannels), "P": .int(convolution.outputSize.rows),
      "Q": .int(convolution.outputSize.columns), "R": .int(convolution.kernelSize.rows),
      "strideRows": .int(convolution.stride.rows), "dilationRows": .int(convolution.dilation.rows),
      "top": .int(convolution.padding.top), "left": .int(convolution.padding.left),
    ]
  }
}
