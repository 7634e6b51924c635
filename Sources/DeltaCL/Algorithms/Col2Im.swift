/// GEMM with col2im, for deltas of few input channels, where the direct sum leaves most lanes of a vector empty: dy times all
/// taps, whose products are then added where they belong. `Kernels/OpenCL/convolution/delta-gather.cl` explains the kernel.
struct Col2Im: ConvolutionAlgorithm {
  struct Parameters: AlgorithmParameters {
    /// The register tile, taps by pixels of dy.
    var tile: TileShape?

    var details: [String] { [tile?.text].compactMap(\.self) }

    func validate() throws(DeltaCLError) { try tile?.validate() }
  }

  /// Sizes and register tile.
  private struct Geometry {
    let convolution: Convolution
    /// Taps by pixels of dy.
    let tile: RegisterTile

    /// The pixels of a row of dy, padded to whole register tiles.
    var rowLanes: Int { ceilingDivision(convolution.outputSize.columns, tile.lanes) * tile.lanes }

    /// The columns of a phase of dx, padded to whole vectors.
    var phaseLanes: Int {
      let columns = (convolution.inputSize.columns - 1 + convolution.padding.left) / convolution.stride.columns + 1
      return ceilingDivision(columns, tile.width) * tile.width
    }

    /// The zeros before the products of a tap.
    var padding: Int {
      let shift = (convolution.kernelSize.columns - 1) * convolution.dilation.columns / convolution.stride.columns
      return ceilingDivision(shift, tile.width) * tile.width
    }

    /// The rows of products that a row of dx needs.
    var ring: Int { (convolution.kernelSize.rows - 1) * convolution.dilation.rows / convolution.stride.rows + 1 }

    /// The distance between the products of two taps.
    var step: Int { padded(padding + max(rowLanes, phaseLanes)) }

    /// The distance between two channels of a transposed row of dy.
    var rowStep: Int { padded(rowLanes) }

    /// A distance at which neighbours do not fall into the same set of the L1 cache.
    private func padded(_ count: Int) -> Int { count.isMultiple(of: 64) ? count + tile.width : count }

    /// The local memory that a work-item takes, which may be far more than there is.
    var localBytes: Double {
      let row = Double(convolution.outputChannels) * Double(rowStep)
      let sums = Double(convolution.stride.columns) * Double(convolution.inputChannels) * Double(phaseLanes)
      return (row + Double(ring) * Double(convolution.taps) * Double(step) + sums)
        * Double(ElementType.float32.byteCount)
    }

    /// The bands that an image's rows are split into: enough for many cores, and few, since each recomputes the products that
    /// it shares with the one before.
    var bands: Int {
      let wanted = ceilingDivision(64, max(1, convolution.batch))
      return max(1, min(wanted, convolution.outputSize.rows / (8 * ring)))
    }

    /// The cost in multiplications, of which one vector takes half a cycle.
    var cost: Double {
      let rows = convolution.outputSize.rows + (bands - 1) * (ring - 1)
      // A product is stored and added, an element of dx only stored.
      let products = Double(rows) * Double(rowLanes) * Double(convolution.taps) * Double(convolution.outputChannels + 6)
      return products + 64 * Double(convolution.inputSize.area * convolution.inputChannels)
    }
  }

  static let name = "col2im"

  private let convolution: Convolution
  private let planner: Planner

  init(_ pass: ConvolutionPass, on planner: Planner) throws(Refusal) {
    convolution = pass.convolution
    self.planner = planner
    guard pass.direction == .delta, pass.products == 1 else { throw .otherOperation }
    guard convolution.groups == 1 else { throw .groups(convolution.groups) }
    guard convolution.batch > 0 else { throw .emptyBatch }
    let kernel = convolution.kernelSize
    let rowOfProducts = Shape([kernel.rows, kernel.columns, convolution.inputChannels, convolution.outputSize.columns])
    guard rowOfProducts.elementCount <= planner.localBytes else {
      throw .localMemory(Double(rowOfProducts.elementCount) * 4, available: planner.localBytes)
    }
    let needed = geometry(nil).localBytes
    guard needed <= Double(planner.localBytes) else { throw .localMemory(needed, available: planner.localBytes) }
  }

  var drawback: Refusal? {
    let width = planner.maximumVectorWidth
    guard convolution.inputChannels < 2 * width else { return .manyChannels(convolution.inputChannels) }
    let lanes = ceilingDivision(convolution.inputChannels, width) * width
    let direct =
      Double(convolution.inputSize.area) * Double(convolution.kernelSize.area) / Double(convolution.stride.area)
      * Double(convolution.outputChannels * lanes)
    let cost = geometry(nil).cost
    return cost < direct ? nil : .slower(cost, direct: direct)
  }

  var candidates: [Parameters] {
    let columns = convolution.outputSize.columns
    let tiles = TileShape.candidates(
      pixels: convolution.taps, channels: columns, width: planner.vectorWidth(covering: columns), fits: false)
    return [Parameters()] + tiles.map { Parameters(tile: $0) }
  }

  private func geometry(_ tile: TileShape?) -> Geometry {
    let columns = convolution.outputSize.columns
    return Geometry(
      convolution: convolution,
      tile: RegisterTile(
        choosing: tile, pixels: convolution.taps, channels: columns, width: planner.vectorWidth(covering: columns),
        pixelStep: 1))
  }

  func launches(_ parameters: Parameters, _ epilogue: EpilogueBinding) -> LaunchList {
    let geometry = self.geometry(parameters.tile)
    let input = convolution.inputSize, output = convolution.outputSize
    let items = convolution.batch * geometry.bands
    return LaunchList(
      Launch(
        "convolution_delta_gather", in: "convolution/delta-gather",
        constants: [
          "V": geometry.tile.width, "NV": geometry.tile.vectors, "TILE": geometry.tile.pixels,
          "K": convolution.outputChannels, "C": convolution.inputChannels, "R": convolution.kernelSize.rows,
          "S": convolution.kernelSize.columns, "ROW_STRIDE": convolution.stride.rows,
          "COLUMN_STRIDE": convolution.stride.columns, "ROW_DILATION": convolution.dilation.rows,
          "COLUMN_DILATION": convolution.dilation.columns, "Q_LANES": geometry.rowLanes, "Q_STEP": geometry.rowStep,
          "LANES": geometry.phaseLanes, "PAD": geometry.padding, "STEP": geometry.step, "RING": geometry.ring,
          "PART": SumParts.longestChain(of: convolution.outputChannels * convolution.taps / convolution.inputChannels),
        ],
        [
          "dy": .operand(0), "w": .operand(1), "dx": .operand(2), "items": .int(items), "bands": .int(geometry.bands),
          "H": .int(input.rows), "W": .int(input.columns), "P": .int(output.rows), "Q": .int(output.columns),
          "top": .int(convolution.padding.top), "left": .int(convolution.padding.left),
        ], globalSize: [items], localSize: 1, epilogue: epilogue))
  }
}
