/// Convolution of images of few channels, as first layers have them, and its kernel gradient: padding stays in the L1 cache instead of
/// being written to memory. `Kernels/OpenCL/convolution/few-channels.cl` explains the kernels.
struct FewChannels: ConvolutionAlgorithm {
  struct Parameters: AlgorithmParameters {
    /// The register tile, pixels or taps by kernels.
    var tile: TileShape?

    var details: [String] { [tile?.text].compactMap(\.self) }

    func validate() throws(DeltaCLError) { try tile?.validate() }
  }

  static let name = "few-channels"

  /// More channels than these fill the time that it takes to pad an image.
  private static let mostChannels = 4
  /// What the padded rows under a row of the result may take of the L1 cache.
  private static let rowBytes = 16 << 10
  /// The pixels of a row whose products take longer than the sums of a gradient before and after it.
  private static let leastPixels = 48
  /// The work-items that rows are shared among, so many that cores stay busy to the end.
  private static let items = 64

  private let pass: ConvolutionPass
  private let convolution: Convolution
  private let planner: Planner

  init(_ pass: ConvolutionPass, on planner: Planner) throws(Refusal) {
    self.pass = pass
    convolution = pass.convolution
    self.planner = planner
    guard pass.dense == nil, pass.direction != .delta else { throw .otherOperation }
    guard convolution.batch > 0 else { throw .emptyBatch }
    guard convolution.groups == 1 else { throw .groups(convolution.groups) }
    guard convolution.dilation == 1 else { throw .dilation(convolution.dilation) }
    guard convolution.inputChannels <= Self.mostChannels else { throw .manyChannels(convolution.inputChannels) }
    let bytes = convolution.kernelSize.rows * rowLength * ElementType.float32.byteCount
    guard bytes <= Self.rowBytes else { throw .localMemory(Double(bytes), available: Self.rowBytes) }
    // One chain of additions for each sum of a forward pass, or of a row of a gradient.
    let terms = pass.direction == .forward ? convolution.kernelSize.rows * run : convolution.outputSize.columns
    guard terms <= SumParts.chain else { throw .longSums(terms, most: SumParts.chain) }
  }

  /// At a stride of 1 there are so many products for each padded element that padding takes little of the time. Sums of a gradient wait
  /// in memory between rows.
  var drawback: Refusal? {
    guard convolution.stride.columns > 1 else { return .unitStride }
    let pixels = convolution.outputSize.columns
    return pass.direction == .gradient && pixels < Self.leastPixels ? .shortRows(pixels, least: Self.leastPixels) : nil
  }

  var candidates: [Parameters] {
    let (pixels, kernels, fits) = (tilePixels, convolution.outputChannels, pass.direction == .gradient)
    let width = fits ? planner.vectorWidth(within: kernels) : planner.vectorWidth(covering: kernels)
    let tiles = TileShape.candidates(pixels: pixels, channels: kernels, width: width, fits: fits)
    return [Parameters()] + tiles.map { Parameters(tile: $0) }
  }

  func launches(_ parameters: Parameters, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    switch pass.direction {
    case .forward: try forward(parameters, epilogue)
    case .delta, .gradient: try gradient(parameters)
    }
  }

  /// The taps of a kernel row.
  private var run: Int { convolution.kernelSize.columns * convolution.inputChannels }

  /// The floats of a padded row, as far as windows read it.
  private var rowLength: Int {
    (convolution.outputSize.columns - 1) * convolution.stride.columns * convolution.inputChannels + run
  }

  /// What a tile's pixels are: pixels of the result, or taps of a kernel row.
  private var tilePixels: Int { pass.direction == .forward ? convolution.outputSize.columns : run }

  /// The rows of the result in all images.
  private var rows: Int { convolution.batch * convolution.outputSize.rows }

  private func forward(_ parameters: Parameters, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let kernels = convolution.outputChannels, taps = convolution.kernelSize.rows * run
    let tile = RegisterTile(
      choosing: parameters.tile, pixels: tilePixels, channels: kernels,
      width: planner.vectorWidth(covering: kernels), pixelStep: convolution.stride.columns * convolution.inputChannels,
      terms: taps)
    let blocks = ceilingDivision(kernels, tile.lanes)
    let packed = try pass.packKernels(kernels, groups: 1, taps: taps, tile: tile, &list)
    let rowsPerItem = ceilingDivision(rows, Self.items)
    list.append(
      Launch(
        "few_channels_correlate", in: "convolution/few-channels", constants: constants(tile),
        ["x": .operand(0), "packed": packed, "y": pass.biasAndResult.result] + geometry + [
          "blocks": .int(blocks), "rowsPerItem": .int(rowsPerItem),
        ], globalSize: [ceilingDivision(rows, rowsPerItem)], epilogue: epilogue))
    return list
  }

  private func gradient(_ parameters: Parameters) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let kernels = convolution.outputChannels, lines = convolution.kernelSize.rows
    let tile = RegisterTile(
      choosing: parameters.tile, pixels: tilePixels, channels: kernels, width: planner.vectorWidth(within: kernels),
      pixelStep: 1, fits: true)
    let blocks = ceilingDivision(kernels, tile.lanes)
    // The sums of a range's rows are added one after the other.
    let longest = SumParts.longestChain(of: rows * convolution.outputSize.columns)
    let splits = min(rows, max(ceilingDivision(Self.items, blocks), ceilingDivision(rows, longest)))
    let partial = try list.scratch(
      .float32, splits * blocks * lines * run * tile.lanes, for: "partial kernel gradients")
    list.append(
      Launch(
        "few_channels_gradient", in: "convolution/few-channels", constants: constants(tile),
        ["x": .operand(0), "dy": .operand(1), "partial": partial] + geometry + [
          "blocks": .int(blocks), "splits": .int(splits),
        ], globalSize: [blocks, splits]))
    pass.sumKernelGradients(partial, lines: lines, runLength: run, splits: splits, tile: tile, &list)
    return list
  }

  private func constants(_ tile: RegisterTile) -> [String: Int] {
    [
      "V": tile.width, "NV": tile.vectors, "TILE": tile.pixels, "C": convolution.inputChannels,
      "R": convolution.kernelSize.rows, "S": convolution.kernelSize.columns, "STRIDE": convolution.stride.columns,
      "ROW": rowLength,
    ]
  }

  private var geometry: KernelArguments {
    [
      "rows": .int(rows), "H": .int(convolution.inputSize.rows), "W": .int(convolution.inputSize.columns),
      "P": .int(convolution.outputSize.rows), "Q": .int(convolution.outputSize.columns),
      "K": .int(convolution.outputChannels), "strideRows": .int(convolution.stride.rows),
      "top": .int(convolution.padding.top), "left": .int(convolution.padding.left),
    ]
  }
}
