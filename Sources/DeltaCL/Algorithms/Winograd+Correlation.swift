extension Winograd {
  /// Tiles, channels and register tile of a Winograd correlation.
  struct Correlation {
    /// The most vectors of products per position for a work-item that transforms kernels itself.
    static let blockVectors = 256
    /// The least work-items to split few output channels among.
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
      tile: TileShape?
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

    /// Output channels, padded to whole vectors.
    var lanes: Int { WinogradTransform.lanes(for: outputs) }

    /// The elements of the transformed kernels.
    var kernelCount: Int { transform.kernelCount(channels * lanes) }

    /// The blocks of tiles for work-items that transform kernels themselves, and their register tile.
    ///
    /// - Parameters:
    ///   - localBytes: At least ``WinogradTransform/leastLocalBytes(channels:)``.
    ///   - tile: The register tile that was chosen, if any.
    func blocks(
      localBytes: Int, tile: TileShape?
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
      // Registers hold the accumulators of so many tiles; fewer may leave a smaller remainder.
      let limits = vectors == 1 ? [14, 13, 12, 11, 10] : [11, 10, 9, 8]
      func cost(_ pixels: Int) -> Int {
        ranges.reduce(0) {
          $0 + transform.steps(of: pixels, tiles: $1, batch: batch, results: outputSize) * pixels
        }
      }
      let pixels = tile?.pixels ?? limits.min { cost($0) < cost($1) } ?? limits[0]
      return (ranges, ceilingDivision(tiles, count), vectors, max(1, min(pixels, tiles / count)))
    }

    /// The tiles and output channels that a fused work-item processes at a time, so that its transforms fit into
    /// `localBytes`; `nil` if so few tiles fit, or exist, that the transformed kernels would be read from memory too often.
    ///
    /// - Parameter wanted: How many tiles to take if they fit, whatever the speed.
    func fusedBlock(localBytes: Int, wanted: Int?) -> (tiles: Int, outputs: Int)? {
      let outputs = [128, 64].first { lanes % $0 == 0 } ?? vectors * WinogradTransform.width
      let bytesOfTile = transform.positions * (channels + outputs) * ElementType.float32.byteCount
      let bytesBetween = 2 * transform.transformCount(0) * ElementType.float32.byteCount
      // Kernels that the last-level cache holds may be read often.
      let areKernelsNear = kernelCount * ElementType.float32.byteCount <= 4 * localBytes
      let most = wanted ?? (areKernelsNear ? min(32, tiles / 16) : 32)
      let fitting = min((localBytes - bytesBetween) / bytesOfTile, most) / pixels * pixels
      // Where a value of a kernel takes part in several products it is read less often for each.
      let least = ceilingDivision(12 * transform.kernelValues * transform.kernelValues, transform.positions)
      guard wanted == nil ? fitting >= least && tiles >= 16 * fitting : fitting > 0 else { return nil }
      return (fitting, outputs)
    }
  }
}
