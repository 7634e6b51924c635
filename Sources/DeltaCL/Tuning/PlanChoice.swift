/// The free choices of the plan for a convolution, a dense layer, or their deltas and gradients.
///
/// What is `nil` is left to the planner. A tile, a number of tiles or of parts is used where it fits the operation; the
/// planner's own is used elsewhere. All plans compute the same operation, but may round it differently.
public struct PlanChoice: Hashable, Sendable, Codable {
  /// How the sums are computed.
  public enum Algorithm: String, Hashable, Sendable, Codable, CaseIterable {
    /// As the definition says.
    case direct
    /// For a delta: dy is multiplied with all taps, and the rows of the products are gathered.
    case gathered
    /// Winograd's algorithms, for kernels of 3x3 and 5x5 at unit stride and of 3x3 at stride 2.
    case winograd
    /// Of a dense layer or its delta: the weights are read once for all rows, where they lie.
    case streaming
    /// Kernels for convolutions each of whose groups is one channel.
    case depthwise
    /// Matrix products with tiles in local memory, see ``KernelFamily/local``.
    case local
  }

  /// What the lanes of a vector are in the direct sums of a gradient.
  public enum GradientLanes: String, Hashable, Sendable, Codable, CaseIterable {
    /// Neighbouring taps of one kernel.
    case taps
    /// Neighbouring kernels.
    case kernels
  }

  /// What a work-item keeps in registers: `pixels` x `vectors` sums of `width` lanes.
  public struct Tile: Hashable, Sendable, Codable {
    /// The lanes of a vector: 1, 2, 4, 8 or 16.
    public var width: Int
    /// The vectors of neighbouring output channels: 1, 2 or 4.
    public var vectors: Int
    /// The neighbouring pixels, taps or tiles.
    public var pixels: Int

    /// Creates a tile.
    public init(width: Int, vectors: Int, pixels: Int) {
      self.width = width
      self.vectors = vectors
      self.pixels = pixels
    }
  }

  /// What a work-group of the local family computes together.
  public struct LocalTile: Hashable, Sendable, Codable {
    /// The pixels, or kernels of a gradient.
    public var rows: Int
    /// The output channels, or taps of a gradient.
    public var columns: Int

    /// Creates a tile.
    public init(rows: Int, columns: Int) {
      self.rows = rows
      self.columns = columns
    }
  }

  /// How the sums are computed.
  public var algorithm: Algorithm?
  /// The register tile.
  public var tile: Tile?
  /// Winograd tiles that are transformed at a time: by a work-item of the fused kernel, where 0 stands for a kernel of its
  /// own for the transform of x; of a gradient the tiles of a range.
  public var winogradTiles: Int?
  /// The tile of the local family, one of those that it has.
  public var localTile: LocalTile?
  /// What the lanes are in the direct sums of a gradient.
  public var gradientLanes: GradientLanes?
  /// The parts that the direct sums of a gradient are split into.
  public var splits: Int?
  /// The output pixels that the direct sum of a gradient does with all taps before it goes on.
  public var chunkPixels: Int?

  /// Creates a choice; what is left out is left to the planner.
  public init(
    algorithm: Algorithm? = nil, tile: Tile? = nil, winogradTiles: Int? = nil,
    localTile: LocalTile? = nil, gradientLanes: GradientLanes? = nil, splits: Int? = nil, chunkPixels: Int? = nil
  ) {
    self.algorithm = algorithm
    self.tile = tile
    self.winogradTiles = winogradTiles
    self.localTile = localTile
    self.gradientLanes = gradientLanes
    self.splits = splits
    self.chunkPixels = chunkPixels
  }

  /// Throws where a value is outside of what any kernel can be built for, whatever the operation.
  ///
  /// - Throws: ``DeltaCLError`` (`invalidArgument`).
  public func validate() throws(DeltaCLError) {
    func require(_ name: String, _ value: Int?, _ isPossible: (Int) -> Bool, _ rule: String) throws(DeltaCLError) {
      guard let value, !isPossible(value) else { return }
      throw DeltaCLError(.invalidArgument, "plan choice: \(name) \(value) must be \(rule)")
    }
    try require("tile width", tile?.width, [1, 2, 4, 8, 16].contains, "1, 2, 4, 8 or 16")
    try require("tile vectors", tile?.vectors, [1, 2, 4].contains, "1, 2 or 4")
    try require("tile pixels", tile?.pixels, (1...16).contains, "from 1 to 16")
    try require("winograd tiles", winogradTiles, (0...1 << 16).contains, "from 0 to 65536")
    try require("splits", splits, (1...1024).contains, "from 1 to 1024")
    try require("chunk pixels", chunkPixels, (1...1 << 16).contains, "from 1 to 65536")
  }
}

extension PlanChoice: CustomStringConvertible {
  /// Such as `direct, tile 12x2x16, 32 splits`; `default` where everything is left to the planner.
  public var description: String {
    let parts = [
      algorithm?.rawValue, tile.map { "tile \($0.pixels)x\($0.vectors)x\($0.width)" },
      winogradTiles.map { $0 == 0 ? "x transformed apart" : "\($0) tiles at a time" },
      localTile.map { "tile \($0.rows)x\($0.columns)" },
      gradientLanes.map { "lanes of \($0.rawValue)" }, splits.map { "\($0) splits" },
      chunkPixels.map { "chunks of \($0) pixels" },
    ].compactMap(\.self)
    return parts.isEmpty ? "default" : parts.joined(separator: ", ")
  }
}
