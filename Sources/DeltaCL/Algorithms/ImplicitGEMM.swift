/// Convolutions and dense layers as matrix products whose factors a work-group copies into tiles in local memory: the local
/// family for GPUs. `Kernels/OpenCL/convolution/implicit-gemm.h` and the files beside it explain the kernels.
struct ImplicitGEMM: ConvolutionAlgorithm {
  struct Parameters: AlgorithmParameters {
    /// The extents of a work-group's tile, one of those that the planner has.
    struct Tile: Hashable, Sendable, Codable {
      /// The pixels, or kernels of a gradient.
      let rows: Int
      /// The output channels, or taps of a gradient.
      let columns: Int

      /// Such as `tile 64x64`.
      var text: String { "tile \(rows)x\(columns)" }
    }

    var tile: Tile?

    var details: [String] { tile.map { [$0.text] } ?? [] }

    func validate() throws(DeltaCLError) {}
  }

  static let name = "implicit-gemm"

  /// The channels of a group that fill enough of the smallest tile. Groups of fewer, as in depthwise convolution, would leave most
  /// of a tile empty.
  private static let leastGroupChannels = 8

  let pass: ConvolutionPass
  let convolution: Convolution
  let planner: Planner

  init(_ pass: ConvolutionPass, on planner: Planner) throws(Refusal) {
    self.pass = pass
    convolution = pass.convolution
    self.planner = planner
    guard !planner.localTiles.isEmpty else { throw .turnedOff }
    let channels = min(convolution.inputChannels, convolution.outputChannels) / convolution.groups
    guard convolution.groups == 1 || channels >= Self.leastGroupChannels else {
      throw .fewChannels(channels, least: Self.leastGroupChannels)
    }
  }

  private var tiles: [Parameters.Tile] {
    planner.localTiles.map { Parameters.Tile(rows: $0.rows, columns: $0.columns) }
  }

  var candidates: [Parameters] { tiles.map { Parameters(tile: $0) } }

  /// Work-groups may be too small for a tile, or local memory, and compilers keep some tiles out of registers.
  func refusal(of parameters: Parameters) -> Refusal? {
    guard let tile = parameters.tile, !tiles.contains(tile) else { return nil }
    return .noTile(tile.text, available: tiles.map(\.text))
  }

  func launches(_ parameters: Parameters, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    switch pass.direction {
    case .forward: forward(parameters, epilogue)
    case .delta: try delta(parameters, epilogue)
    case .gradient: try gradient(parameters)
    }
  }

  private func forward(_ parameters: Parameters, _ epilogue: EpilogueBinding) -> LaunchList {
    let (groupChannels, groupKernels) = (convolution.groupChannels, convolution.groupKernels)
    let kernelRow = convolution.kernelSize.columns * groupChannels
    let terms = convolution.kernelSize.rows * kernelRow
    let (bias, result) = pass.biasAndResult
    return LaunchList(
      correlation(
        parameters,
        LocalCorrelation(
          batch: convolution.batch, computed: convolution.outputSize, groups: convolution.groups,
          input: convolution.inputSize, channels: groupChannels,
          first: (-convolution.padding.top, -convolution.padding.left),
          stride: convolution.stride, dilation: convolution.dilation, kernelSize: convolution.kernelSize,
          output: convolution.outputSize, outputs: groupKernels, outputFirst: (0, 0), outputStep: 1,
          weights: LocalCorrelation.Weights(
            first: 0, row: kernelRow, column: groupChannels, channel: 1, output: terms, group: groupKernels * terms),
          products: pass.products, xStep: pass.firstStep(convolution.inputShape),
          yStep: pass.resultStep(convolution.outputShape)),
        bias: bias, into: result, epilogue))
  }

  private func delta(_ parameters: Parameters, _ epilogue: EpilogueBinding) throws(DeltaCLError) -> LaunchList {
    let (groupChannels, groupKernels) = (convolution.groupChannels, convolution.groupKernels)
    let kernelRow = convolution.kernelSize.columns * groupChannels
    let kernel = convolution.kernelSize.rows * kernelRow
    var list = LaunchList()
    let phases = try DeltaPhase.grid(convolution)
    if !phases.coverAll {
      list.append(planner.fill(.operand(2), count: convolution.inputShape.elementCount, value: 0))
    }
    for row in phases.rows {
      for column in phases.columns {
        // The kernel's taps that reach the phase, in reverse order.
        let lastRow = row.firstTap + (row.taps - 1) * row.tapStep
        let lastColumn = column.firstTap + (column.taps - 1) * column.tapStep
        list.append(
          correlation(
            parameters,
            LocalCorrelation(
              batch: convolution.batch, computed: Extent(row.count, column.count), groups: convolution.groups,
              input: convolution.outputSize, channels: groupKernels, first: (row.start, column.start), stride: 1,
              dilation: Extent(row.step, column.step), kernelSize: Extent(row.taps, column.taps),
              output: convolution.inputSize, outputs: groupChannels, outputFirst: (row.first, column.first),
              outputStep: convolution.stride,
              weights: LocalCorrelation.Weights(
                first: lastRow * kernelRow + lastColumn * groupChannels, row: -row.tapStep * kernelRow,
                column: -column.tapStep * groupChannels, channel: kernel, output: 1, group: groupKernels * kernel),
              products: pass.products, xStep: pass.firstStep(convolution.outputShape),
              yStep: pass.resultStep(convolution.inputShape)),
            bias: .operand(1), into: .operand(2), phases.coverAll ? epilogue : .none))
      }
    }
    if !phases.coverAll, let launch = epilogue.launch(planner) { list.append(launch) }
    return list
  }

  private func correlation(
    _ parameters: Parameters, _ correlation: LocalCorrelation, bias: Launch.Argument, into y: Launch.Argument,
    _ epilogue: EpilogueBinding
  ) -> Launch {
    let outputsAreInnermost = correlation.weights.output == 1
    let pixels = correlation.batch * correlation.computed.rows * correlation.computed.columns
    let tile = self.tile(
      parameters, rows: pixels, columns: correlation.outputs, groups: correlation.groups * correlation.products,
      splits: 1)
    let terms = correlation.kernelSize.rows * correlation.kernelSize.columns * correlation.channels
    let parts = self.parts(of: terms, in: terms, tile)
    return Launch(
      "local_convolution_correlate", in: "convolution/local-correlate",
      constants: constants(
        tile, channels: correlation.channels, outputs: correlation.outputs, outputsAreInnermost: outputsAreInnermost
      ).merging(parts.constants) { $1 },
      [
        "x": .operand(0), "w": .operand(1), "bias": bias, "y": y, "hasBias": .flag(pass.hasBias),
        "isPadded": .flag(correlation.isPadded), "pixels": .int(pixels),
      ] + correlation.arguments + ["partSteps": .int(parts.steps)],
      globalSize: [
        ceilingDivision(correlation.outputs, tile.columns) * tile.items, ceilingDivision(pixels, tile.rows),
        correlation.groups * correlation.products,
      ], localSize: tile.items, epilogue: epilogue)
  }

  /// The steps of a tile in a part of its sums, and the constants that say whether there are several parts.
  ///
  /// - Parameters:
  ///   - count: The terms that a tile adds up, all or a range of `terms`.
  ///   - terms: The terms of a sum.
  func parts(of count: Int, in terms: Int, _ tile: LocalTile) -> (steps: Int, constants: [String: Int]) {
    let longest = SumParts.longestChain(of: terms)
    return (longest / tile.depth, count > longest ? ["PARTS": 1] : [:])
  }

  /// The chosen tile, or the one that takes the least time; of equals the larger one.
  func tile(_ parameters: Parameters, rows: Int, columns: Int, groups: Int, splits: Int) -> LocalTile {
    let chosen = planner.localTiles.first { $0.rows == parameters.tile?.rows && $0.columns == parameters.tile?.columns }
    if let chosen { return chosen }
    let costs = planner.localTiles.map {
      $0.cost(count: $0.count(rows: rows, columns: columns) * groups, splits: splits)
    }
    let best = costs.indices.reduce(0) { costs[$1] < costs[$0] ? $1 : $0 }
    return planner.localTiles[best]
  }

  /// The constants of a program, which the forward pass and the gradient share: how many neighbouring channels are copied or
  /// stored at a time, as many as keep every address aligned.
  func constants(
    _ tile: LocalTile, channels: Int, outputs: Int, outputsAreInnermost: Bool
  ) -> [String: Int] {
    let vectors = (x: channels.isMultiple(of: 4) ? 4 : 1, y: outputs.isMultiple(of: 4) ? 4 : 1)
    var constants = tile.constants
    constants["VX"] = vectors.x
    constants["VW"] = outputsAreInnermost ? vectors.y : vectors.x
    constants["VY"] = vectors.y
    constants["OUTPUTS_INNERMOST"] = outputsAreInnermost ? 1 : 0
    constants["SUB_GROUP"] = planner.subgroupSize
    return constants
  }
}
