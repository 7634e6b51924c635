/// 3x3 convolution at unit stride by Winograd's F(4x4, 3x3); `Kernels/OpenCL/winograd.cl` explains the kernels.
extension Planner {
  /// Tiles, channels and register tile of a Winograd correlation.
  private struct Winograd {
    /// The vector width; channels are multiples of it.
    static let width = 16
    /// Rows and columns of a tile's results.
    static let tile = 4
    /// A tile's products.
    static let positions = 36
    /// The most tiles whose products a work-item keeps where it transforms kernels itself.
    static let blockTiles = 128
    /// The tiles of a block for which there must be local memory.
    static let leastBlockTiles = 16
    /// The most input channels of which a work-item transforms kernels at a time.
    static let blockChannels = 32
    /// The local memory without which Winograd's algorithm is not used.
    static var leastLocalBytes: Int { blockBytes(vectors: 1, tiles: leastBlockTiles) }

    /// Channels that are summed over, and results.
    let channels: Int
    let outputs: Int
    let tileRows: Int
    let tileColumns: Int
    /// Tiles in the batch.
    let tiles: Int
    /// The register tile of the products: `pixels` x `vectors`.
    let vectors: Int
    let pixels: Int

    init(batch: Int, outputSize: Extent, channels: Int, outputs: Int, tile: PlanChoice.Tile? = nil) {
      self.channels = channels
      self.outputs = outputs
      tileRows = ceilingDivision(outputSize.rows, Self.tile)
      tileColumns = ceilingDivision(outputSize.columns, Self.tile)
      tiles = batch * tileRows * tileColumns
      let chosen = tile.flatMap { $0.width == Self.width && outputs % ($0.vectors * Self.width) == 0 ? $0 : nil }
      vectors = chosen?.vectors ?? Self.vectors(for: outputs)
      pixels = min(chosen?.pixels ?? [4: 6, 2: 12][vectors] ?? 14, max(1, tiles))
    }

    /// The most vectors of a register tile that divide `channels`.
    static func vectors(for channels: Int) -> Int {
      [4, 2, 1].first { channels % ($0 * width) == 0 } ?? 1
    }

    /// The `float32` elements of transforms that have `count` at each position, and of the vector that keeps positions apart.
    static func transformCount(_ count: Int) -> Int { positions * (count + width) }

    /// The `float32` elements of the transformed kernels.
    var kernelCount: Int { Self.transformCount(channels * outputs) }

    /// The local memory that a work-item takes that transforms `vectors` vectors of kernels for `tiles` tiles.
    static func blockBytes(vectors: Int, tiles: Int) -> Int {
      (transformCount(vectors * width * blockChannels) + transformCount(vectors * width * tiles))
        * ElementType.float32.byteCount
    }

    /// The blocks of tiles for work-items that transform kernels themselves, and their register tile.
    ///
    /// - Parameters:
    ///   - localBytes: At least ``leastLocalBytes``.
    ///   - tile: The register tile that was chosen, if any.
    func blocks(localBytes: Int, tile: PlanChoice.Tile?) -> (count: Int, tiles: Int, vectors: Int, pixels: Int) {
      func fits(_ vectors: Int, tiles: Int) -> Bool { Self.blockBytes(vectors: vectors, tiles: tiles) <= localBytes }
      let vectors = [4, 2, 1].first {
        self.vectors % $0 == 0 && $0 <= (tile?.vectors ?? 2) && fits($0, tiles: Self.leastBlockTiles)
      }
      let most = [Self.blockTiles, 64, 32].first { fits(vectors ?? 1, tiles: $0) } ?? Self.leastBlockTiles
      let count = max(1, ceilingDivision(tiles, most))
      let pixels = tile?.pixels ?? (vectors == 1 ? 14 : 11)
      return (count, ceilingDivision(tiles, count), vectors ?? 1, max(1, min(pixels, tiles / count)))
    }

    /// The kernels of a work-item that keeps all products of a gradient with `vectors` vectors of channels; `nil` where
    /// there would be too few work-items, or the products do not fit.
    static func kernelsAtOnce(localBytes: Int, channels: Int, outputs: Int, vectors: Int) -> Int? {
      let lanes = vectors * width
      let kernels = outputs % 32 == 0 ? 32 : 16
      guard transformCount(kernels * lanes) * ElementType.float32.byteCount <= localBytes else { return nil }
      return outputs / kernels * (channels / lanes) >= 32 ? kernels : nil
    }

    /// The tiles and output channels that a fused work-item does at a time, so that its transforms stay within
    /// `localBytes`; `nil` where so few tiles fit that the transformed kernels would come from memory too often.
    ///
    /// - Parameter wanted: How many tiles to take if they fit, whatever the speed.
    func fusedBlock(localBytes: Int, wanted: Int?) -> (tiles: Int, outputs: Int)? {
      let outputs = [128, 64].first { self.outputs % $0 == 0 } ?? vectors * Self.width
      let bytesOfTile = Self.positions * (channels + outputs) * ElementType.float32.byteCount
      let bytesBetween = 2 * Self.transformCount(0) * ElementType.float32.byteCount
      let fitting = min((localBytes - bytesBetween) / bytesOfTile, wanted ?? 32) / pixels * pixels
      guard wanted == nil ? fitting >= 12 && tiles >= 16 * fitting : fitting > 0 else { return nil }
      return (fitting, outputs)
    }
  }

  /// Whether Winograd's algorithm does `convolution`: where it is chosen, or does it in less time than the direct sum.
  func usesWinograd(_ convolution: Convolution) -> Bool {
    guard winogradObstacle(convolution) == nil else { return false }
    return choice.algorithm.map { $0 == .winograd } ?? (winogradDrawback(convolution) == nil)
  }

  /// Why Winograd's algorithm cannot do `convolution`; `nil` where it can.
  func winogradObstacle(_ convolution: Convolution) -> String? {
    if winogradLocalBytes == 0 { return "it is turned off" }
    if winogradLocalBytes < Winograd.leastLocalBytes {
      return "\(winogradLocalBytes) bytes of local memory are fewer than \(Winograd.leastLocalBytes)"
    }
    if convolution.batch == 0 { return "the batch is empty" }
    if convolution.kernelSize != 3 { return "the kernel is \(convolution.kernelSize), not 3x3" }
    if convolution.stride != 1 { return "the stride is \(convolution.stride), not 1" }
    if convolution.dilation != 1 { return "the dilation is \(convolution.dilation), not 1" }
    if convolution.groups != 1 { return "there are \(convolution.groups) groups" }
    for channels in [convolution.inputChannels, convolution.outputChannels] where channels % Winograd.width != 0 {
      return "\(channels) channels are no multiple of \(Winograd.width)"
    }
    return fitsWinograd(convolution) ? nil : "its transforms are too large to index"
  }

  /// Why Winograd's algorithm would take longer than the direct sum; `nil` where it does not.
  func winogradDrawback(_ convolution: Convolution) -> String? {
    let outputs = convolution.outputSize.rows * convolution.outputSize.columns
    let computed =
      ceilingDivision(convolution.outputSize.rows, Winograd.tile)
      * ceilingDivision(convolution.outputSize.columns, Winograd.tile) * Winograd.tile * Winograd.tile
    return computed <= 2 * outputs
      ? nil : "its 4x4 tiles would compute \(computed) results of an image that has \(outputs)"
  }

  /// Whether the transforms, which are larger than the tensors, can be indexed.
  private func fitsWinograd(_ convolution: Convolution) -> Bool {
    let rows = ceilingDivision(convolution.outputSize.rows + 2, Winograd.tile) + 1
    let columns = ceilingDivision(convolution.outputSize.columns + 2, Winograd.tile) + 1
    let channels = max(convolution.inputChannels, convolution.outputChannels)
    return Shape([Winograd.positions, convolution.batch, rows, columns, channels]).elementCount
      <= Shape.maximumElementCount
      && Shape([Winograd.positions, convolution.inputChannels, convolution.outputChannels]).elementCount
        <= Shape.maximumElementCount
  }

  func winograd(_ convolution: Convolution, bias: Bool) throws(DeltaCLError) -> LaunchList {
    try winograd(
      batch: convolution.batch, x: convolution.inputSize, channels: convolution.inputChannels,
      y: convolution.outputSize, outputs: convolution.outputChannels,
      offset: (convolution.padding.top, convolution.padding.left), rotated: false, bias: bias)
  }

  func winogradDelta(_ convolution: Convolution) throws(DeltaCLError) -> LaunchList {
    try winograd(
      batch: convolution.batch, x: convolution.outputSize, channels: convolution.outputChannels,
      y: convolution.inputSize, outputs: convolution.inputChannels,
      offset: (2 - convolution.padding.top, 2 - convolution.padding.left), rotated: true, bias: false)
  }

  private func winograd(
    batch: Int, x: Extent, channels: Int, y: Extent, outputs: Int, offset: (top: Int, left: Int), rotated: Bool,
    bias: Bool
  ) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let geometry = Winograd(
      batch: batch, outputSize: y, channels: channels, outputs: outputs, tile: choice.tile)
    var constants = ["V": Winograd.width, "C": channels, "K": outputs]
    if rotated { constants["ROTATED"] = 1 }
    let biasAndResult: [Launch.Argument] = [.operand(bias ? 2 : 1), .operand(bias ? 3 : 2)]
    let hasBias = Launch.Argument.int(bias ? 1 : 0)
    let tileCounts: [Launch.Argument] = [.int(geometry.tiles), .int(geometry.tileRows), .int(geometry.tileColumns)]
    let image: [Launch.Argument] = [.int(x.rows), .int(x.columns), .int(offset.top), .int(offset.left)]
    let result: [Launch.Argument] = [.int(y.rows), .int(y.columns), hasBias]
    if let block = geometry.fusedBlock(localBytes: winogradLocalBytes, wanted: choice.winogradTiles) {
      constants["FUSED"] = 1
      constants["TB"] = block.tiles
      constants["KB"] = block.outputs
      constants["NV"] = geometry.vectors
      constants["MR"] = geometry.pixels
      let u = try list.scratch(geometry.kernelCount, for: "transformed kernels")
      list.append(
        Launch(
          "winograd_pack", in: "winograd", constants: constants, [.operand(1), u],
          globalSize: [outputs / (geometry.vectors * Winograd.width), channels / Winograd.width]))
      list.append(
        Launch(
          "winograd_correlate", in: "winograd", constants: constants,
          [.operand(0), u] + biasAndResult + tileCounts + image + result,
          globalSize: [ceilingDivision(geometry.tiles, block.tiles)], localSize: 1, storesResult: true))
      return list
    }
    let blocks = geometry.blocks(localBytes: winogradLocalBytes, tile: choice.tile)
    constants["TB"] = blocks.tiles
    constants["CB"] = channels % Winograd.blockChannels == 0 ? Winograd.blockChannels : Winograd.width
    constants["NV"] = blocks.vectors
    constants["MR"] = blocks.pixels
    let v = try list.scratch(Winograd.transformCount(blocks.tiles * channels), for: "transformed input")
    for block in 0..<blocks.count {
      let first = geometry.tiles * block / blocks.count
      let tileCounts: [Launch.Argument] = [
        .int(first), .int(geometry.tiles * (block + 1) / blocks.count - first), .int(geometry.tileRows),
        .int(geometry.tileColumns),
      ]
      list.append(
        Launch(
          "winograd_input", in: "winograd", constants: constants, [.operand(0), v] + tileCounts + image,
          globalSize: [blocks.tiles]))
      list.append(
        Launch(
          "winograd_transform_multiply", in: "winograd", constants: constants,
          [v, .operand(1)] + biasAndResult + tileCounts + result,
          globalSize: [outputs / (blocks.vectors * Winograd.width)], localSize: 1, storesResult: true))
    }
    return list
  }

  func winogradGradient(_ convolution: Convolution) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let channels = convolution.inputChannels, outputs = convolution.outputChannels
    let geometry = Winograd(
      batch: convolution.batch, outputSize: convolution.outputSize, channels: channels, outputs: outputs)
    // Transforms of so many tiles stay in the processor's caches; products that do not are better read seldom.
    let fitting = max(64, winogradGradientElements / (channels + outputs))
    let isInCache = geometry.kernelCount * ElementType.float32.byteCount <= winogradProductBytes
    let range = min(geometry.tiles, choice.winogradTiles.map { max(16, $0) } ?? (isInCache ? fitting : 512))
    let chosen = choice.tile.flatMap {
      $0.width == Winograd.width && channels % ($0.vectors * Winograd.width) == 0 ? $0 : nil
    }
    let vectors = chosen?.vectors ?? Winograd.vectors(for: channels)
    var constants = [
      "V": Winograd.width, "C": channels, "K": outputs, "NV": vectors,
      "MR": chosen?.pixels ?? (vectors == 4 ? 6 : 12), "TB": 128,
      "KB": outputs % 64 == 0 ? 64 : Winograd.width, "CB": channels, "GRADIENT": 1,
    ]
    // Each work-item then reads a part of the transforms, some of them many times.
    let areTransformsInCache = geometry.tiles * (channels + outputs) <= 2 * winogradGradientElements
    let kernelsAtOnce =
      range == geometry.tiles && areTransformsInCache
      ? Winograd.kernelsAtOnce(localBytes: winogradLocalBytes, channels: channels, outputs: outputs, vectors: vectors)
      : nil
    if let kernelsAtOnce {
      constants["AT_ONCE"] = 1
      constants["KB"] = kernelsAtOnce
      constants["MR"] = 16 / vectors
    }
    let v = try list.scratch(Winograd.transformCount(range * (channels + Winograd.width)), for: "transformed input")
    let m = try list.scratch(
      Winograd.transformCount(range * (outputs + Winograd.width)), for: "transformed output delta")
    let products = kernelsAtOnce != nil ? nil : try list.scratch(geometry.kernelCount, for: "products")
    for first in stride(from: 0, to: max(geometry.tiles, 1), by: range) {
      let tiles = min(range, geometry.tiles - first)
      let tileCounts: [Launch.Argument] = [
        .int(first), .int(tiles), .int(geometry.tileRows), .int(geometry.tileColumns),
      ]
      list.append(
        Launch(
          "winograd_input", in: "winograd", constants: constants,
          [.operand(0), v] + tileCounts + [
            .int(convolution.inputSize.rows), .int(convolution.inputSize.columns), .int(convolution.padding.top),
            .int(convolution.padding.left),
          ], globalSize: [tiles]))
      list.append(
        Launch(
          "winograd_delta", in: "winograd", constants: constants,
          [.operand(1), m] + tileCounts + [.int(convolution.outputSize.rows), .int(convolution.outputSize.columns)],
          globalSize: [tiles]))
      list.append(
        products.map {
          Launch(
            "winograd_gradient", in: "winograd", constants: constants,
            [v, m, $0, .int(tiles), .int(first == 0 ? 1 : 0)],
            globalSize: [ceilingDivision(outputs, constants["KB"] ?? outputs), Winograd.positions])
        }
          ?? Launch(
            "winograd_gradient_at_once", in: "winograd", constants: constants, [v, m, .operand(2), .int(tiles)],
            globalSize: [outputs / (constants["KB"] ?? outputs), channels / (vectors * Winograd.width)], localSize: 1))
    }
    if let products {
      list.append(
        Launch(
          "winograd_gradient_sum", in: "winograd", constants: constants, [products, .operand(2)], globalSize: [outputs])
      )
    }
    return list
  }
}
