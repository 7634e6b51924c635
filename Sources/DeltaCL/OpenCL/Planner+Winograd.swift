/// Convolution by Winograd's algorithms; `Kernels/OpenCL/winograd/correlate.cl` explains the kernels.
extension Planner {
  /// Tiles, channels and register tile of a Winograd correlation.
  private struct Correlation {
    /// The most vectors of products that a work-item keeps of each position where it transforms kernels itself.
    static let blockVectors = 256
    /// The work-items among which few output channels are split where they can be.
    static let leastWorkItems = 2

    let transform: WinogradTransform
    /// Channels that are summed over, and results.
    let channels: Int
    let outputs: Int
    let batch: Int
    let outputSize: Extent
    /// The tiles of an image.
    let imageTiles: Extent
    /// Tiles in the batch.
    let tiles: Int
    /// The register tile of the products: `pixels` x `vectors`.
    let vectors: Int
    let pixels: Int

    init(
      _ transform: WinogradTransform, batch: Int, outputSize: Extent, channels: Int, outputs: Int,
      tile: PlanChoice.Tile?
    ) {
      self.transform = transform
      self.channels = channels
      self.outputs = outputs
      self.batch = batch
      self.outputSize = outputSize
      imageTiles = transform.tiles(covering: outputSize)
      tiles = batch * imageTiles.rows * imageTiles.columns
      let chosen = WinogradTransform.fitting(tile, for: outputs)
      vectors = chosen?.vectors ?? WinogradTransform.vectors(for: outputs)
      pixels = min(chosen?.pixels ?? [4: 6, 2: 12][vectors] ?? 14, max(1, tiles))
    }

    /// Output channels with those that fill the last vector.
    var lanes: Int { WinogradTransform.lanes(for: outputs) }

    /// The `float32` elements of the transformed kernels.
    var kernelCount: Int { transform.kernelCount(channels * lanes) }

    /// The blocks of tiles for work-items that transform kernels themselves, and their register tile.
    ///
    /// - Parameters:
    ///   - localBytes: At least ``WinogradTransform/leastLocalBytes(channels:)``.
    ///   - tile: The register tile that was chosen, if any.
    func blocks(
      localBytes: Int, tile: PlanChoice.Tile?
    ) -> (ranges: [Range<Int>], tiles: Int, vectors: Int, pixels: Int) {
      func fitting(_ vectors: Int) -> Int {
        transform.blockTiles(vectors: vectors, channels: channels, localBytes: localBytes)
      }
      let isSplit = lanes < 2 * Self.leastWorkItems * WinogradTransform.width
      let wanted = tile?.vectors ?? (isSplit ? 1 : 2)
      let vectors =
        [4, 2, 1].first {
          self.vectors % $0 == 0 && $0 <= wanted && fitting($0) >= WinogradTransform.leastBlockTiles
        } ?? 1
      let most = max(WinogradTransform.leastBlockTiles, min(Self.blockVectors / vectors, fitting(vectors)))
      let count = max(1, ceilingDivision(tiles, most))
      let ranges = (0..<count).map { tiles * $0 / count..<tiles * ($0 + 1) / count }
      // Registers hold the sums of so many tiles; fewer may leave fewer over.
      let limits = vectors == 1 ? [14, 13, 12, 11, 10] : [11, 10, 9, 8]
      func cost(_ pixels: Int) -> Int {
        ranges.reduce(0) {
          $0 + transform.steps(of: pixels, tiles: $1, batch: batch, results: outputSize) * pixels
        }
      }
      let pixels = tile?.pixels ?? limits.min { cost($0) < cost($1) } ?? limits[0]
      return (ranges, ceilingDivision(tiles, count), vectors, max(1, min(pixels, tiles / count)))
    }

    /// The tiles and output channels that a fused work-item does at a time, so that its transforms stay within
    /// `localBytes`; `nil` where so few tiles fit, or are there, that the transformed kernels would come from memory too
    /// often.
    ///
    /// - Parameter wanted: How many tiles to take if they fit, whatever the speed.
    func fusedBlock(localBytes: Int, wanted: Int?) -> (tiles: Int, outputs: Int)? {
      let outputs = [128, 64].first { lanes % $0 == 0 } ?? vectors * WinogradTransform.width
      let bytesOfTile = transform.positions * (channels + outputs) * ElementType.float32.byteCount
      let bytesBetween = 2 * transform.transformCount(0) * ElementType.float32.byteCount
      // Kernels that come from the last cache at worst may be read often.
      let areKernelsNear = kernelCount * ElementType.float32.byteCount <= 4 * localBytes
      let most = wanted ?? (areKernelsNear ? min(32, tiles / 16) : 32)
      let fitting = min((localBytes - bytesBetween) / bytesOfTile, most) / pixels * pixels
      // Where a value of a kernel takes part in several products it is read less often for each.
      let least = ceilingDivision(12 * transform.kernels * transform.kernels, transform.positions)
      guard wanted == nil ? fitting >= least && tiles >= 16 * fitting : fitting > 0 else { return nil }
      return (fitting, outputs)
    }
  }

  /// The launches of a convolution, its delta or its gradient by one of Winograd's algorithms; `nil` where none does it.
  func winogradLaunches(for operation: TensorOperation) throws(DeltaCLError) -> LaunchList? {
    guard let pass = operation.convolutionPass, usesWinograd(pass), let transform = WinogradTransform(pass) else {
      return nil
    }
    return switch operation {
    case .convolution(let convolution, let bias): try winograd(convolution, transform, bias: bias)
    case .convolutionDelta(let convolution): try winogradDelta(convolution, transform)
    case .convolutionGradient(let convolution): try winogradGradient(convolution, transform)
    default: nil
    }
  }

  /// Whether one of Winograd's algorithms does a pass: where it is chosen, or does it in less time than the direct sum.
  func usesWinograd(_ pass: ConvolutionPass) -> Bool {
    guard winogradObstacle(pass) == nil else { return false }
    return choice.algorithm.map { $0 == .winograd } ?? (winogradDrawback(pass) == nil)
  }

  /// Why none of Winograd's algorithms can do a pass; `nil` where one can.
  func winogradObstacle(_ pass: ConvolutionPass) -> String? {
    let convolution = pass.convolution
    if winogradLocalBytes == 0 { return "it is turned off" }
    if convolution.batch == 0 { return "the batch is empty" }
    if convolution.dilation != 1 { return "the dilation is \(convolution.dilation), not 1" }
    if convolution.groups != 1 { return "there are \(convolution.groups) groups" }
    guard let transform = WinogradTransform(pass) else {
      return
        "it has none for the \(pass.direction) of a \(convolution.kernelSize) kernel at stride \(convolution.stride)"
    }
    for channels in [convolution.inputChannels, convolution.outputChannels] {
      if channels < WinogradTransform.width { return "\(channels) channels are fewer than \(WinogradTransform.width)" }
      let least = transform.leastLocalBytes(channels: channels)
      if winogradLocalBytes < least { return "\(winogradLocalBytes) bytes of local memory are fewer than \(least)" }
    }
    return fitsWinograd(convolution, transform) ? nil : "its transforms are too large to index"
  }

  /// Why Winograd's algorithm would take longer than the direct sum; `nil` where it does not.
  func winogradDrawback(_ pass: ConvolutionPass) -> String? {
    guard let transform = WinogradTransform(pass) else { return nil }
    let convolution = pass.convolution
    let results = pass.direction == .delta ? convolution.inputSize : convolution.outputSize
    let tiles = transform.tiles(covering: results)
    let channels = convolution.inputChannels * convolution.outputChannels
    let transformCost = winogradTransformCost * (convolution.inputChannels + convolution.outputChannels)
    let needed =
      transform.multiplications(for: results) * channels
      + tiles.rows * tiles.columns * transform.positions * transformCost
    let direct =
      convolution.outputSize.rows * convolution.outputSize.columns * transform.taps * transform.taps * channels
    return needed <= direct
      ? nil : "its tiles would cost \(needed) multiplications for each image, the direct sum \(direct)"
  }

  /// Whether the transforms, which are larger than the tensors, can be indexed.
  private func fitsWinograd(_ convolution: Convolution, _ transform: WinogradTransform) -> Bool {
    // No direction has more tiles: a delta has more results than a forward pass, or at stride 2 larger tiles.
    let rows = ceilingDivision(convolution.outputSize.rows + transform.taps, 4) + 1
    let columns = ceilingDivision(convolution.outputSize.columns + transform.taps, 4) + 1
    let channels = max(convolution.inputChannels, convolution.outputChannels) + WinogradTransform.width
    return Shape([transform.positions, convolution.batch, rows, columns, channels]).elementCount
      <= Shape.maximumElementCount
      && Shape([
        transform.positions, convolution.inputChannels + WinogradTransform.width,
        convolution.outputChannels + 4 * WinogradTransform.width,
      ]).elementCount <= Shape.maximumElementCount
  }

  private func winograd(_ convolution: Convolution, _ transform: WinogradTransform, bias: Bool) throws(DeltaCLError)
    -> LaunchList
  {
    try winograd(
      transform, batch: convolution.batch, x: convolution.inputSize, channels: convolution.inputChannels,
      y: convolution.outputSize, outputs: convolution.outputChannels,
      offset: (convolution.padding.top, convolution.padding.left), bias: bias)
  }

  private func winogradDelta(_ convolution: Convolution, _ transform: WinogradTransform) throws(DeltaCLError)
    -> LaunchList
  {
    let padding = convolution.padding
    func offset(_ padding: Int) -> Int {
      transform.stride == 1 ? transform.taps - 1 - padding : 1 - (padding + 1) / 2
    }
    return try winograd(
      transform, batch: convolution.batch, x: convolution.outputSize, channels: convolution.outputChannels,
      y: convolution.inputSize, outputs: convolution.inputChannels, offset: (offset(padding.top), offset(padding.left)),
      phase: (padding.top % transform.stride, padding.left % transform.stride), bias: false)
  }

  private func winograd(
    _ transform: WinogradTransform, batch: Int, x: Extent, channels: Int, y: Extent, outputs: Int,
    offset: (top: Int, left: Int), phase: (rows: Int, columns: Int) = (0, 0), bias: Bool
  ) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let geometry = Correlation(
      transform, batch: batch, outputSize: y, channels: channels, outputs: outputs, tile: choice.tile)
    var constants = transform.constants(for: y)
    constants["C"] = channels
    constants["K"] = outputs
    constants["ROW_PHASE"] = phase.rows
    constants["COLUMN_PHASE"] = phase.columns
    let biasAndResult: [Launch.Argument] = [.operand(bias ? 2 : 1), .operand(bias ? 3 : 2)]
    let hasBias = Launch.Argument.int(bias ? 1 : 0)
    let grid: [Launch.Argument] = [
      .int(batch), .int(geometry.imageTiles.rows), .int(geometry.imageTiles.columns),
    ]
    let image: [Launch.Argument] = [.int(x.rows), .int(x.columns), .int(offset.top), .int(offset.left)]
    let result: [Launch.Argument] = [.int(y.rows), .int(y.columns), hasBias]
    if let block = geometry.fusedBlock(localBytes: winogradLocalBytes, wanted: choice.winogradTiles) {
      constants["FUSED"] = 1
      constants["CB"] = WinogradTransform.partChannels(ofFused: channels)
      constants["TB"] = block.tiles
      constants["KB"] = block.outputs
      constants["NV"] = geometry.vectors
      constants["MR"] = geometry.pixels
      let u = try list.scratch(geometry.kernelCount, for: "transformed kernels")
      list.append(
        Launch(
          "winograd_pack", in: "winograd/correlate", constants: constants, [.operand(1), u],
          globalSize: [
            geometry.lanes / (geometry.vectors * WinogradTransform.width),
            ceilingDivision(channels, WinogradTransform.width),
          ]))
      list.append(
        Launch(
          "winograd_correlate", in: "winograd/correlate", constants: constants,
          [.operand(0), u, .operand(1)] + biasAndResult + [.int(geometry.tiles)] + grid + image + result,
          globalSize: [ceilingDivision(geometry.tiles, block.tiles)], localSize: 1, storesResult: true))
      return list
    }
    let blocks = geometry.blocks(localBytes: winogradLocalBytes, tile: choice.tile)
    let partChannels = WinogradTransform.partChannels(of: channels)
    constants["TB"] = blocks.tiles
    constants["CB"] = partChannels
    constants["NV"] = blocks.vectors
    constants["MR"] = blocks.pixels
    let v = try list.scratch(
      transform.transformCount(blocks.tiles * ceilingDivision(channels, partChannels) * partChannels),
      for: "transformed input")
    for block in blocks.ranges {
      let range: [Launch.Argument] = [.int(block.lowerBound), .int(block.count)]
      list.append(
        Launch(
          "winograd_input", in: "winograd/correlate", constants: constants, [.operand(0), v] + range + grid + image,
          globalSize: [blocks.tiles]))
      list.append(
        Launch(
          "winograd_transform_multiply", in: "winograd/correlate", constants: constants,
          [v, .operand(0), .operand(1)] + biasAndResult + range + grid + image + result,
          globalSize: [geometry.lanes / (blocks.vectors * WinogradTransform.width)], localSize: 1, storesResult: true))
    }
    return list
  }
}
