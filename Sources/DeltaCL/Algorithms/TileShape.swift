/// The shape of a register tile that may be chosen: `pixels` x `vectors` accumulators of `width` lanes.
struct TileShape: Hashable, Sendable, Codable {
  /// The lanes of a vector: 1, 2, 4, 8 or 16.
  let width: Int
  /// The vectors of neighbouring output channels: 1, 2 or 4.
  let vectors: Int
  /// The neighbouring pixels, taps or Winograd tiles.
  let pixels: Int

  /// Such as `tile 12x2x16`.
  var text: String { "tile \(pixels)x\(vectors)x\(width)" }

  /// - Throws: ``DeltaCLError`` (`invalidArgument`) if no kernel can be built for it.
  func validate() throws(DeltaCLError) {
    try NoParameters.require("tile width", width, [1, 2, 4, 8, 16].contains, "1, 2, 4, 8 or 16")
    try NoParameters.require("tile vectors", vectors, [1, 2, 4].contains, "1, 2 or 4")
    try NoParameters.require("tile pixels", pixels, (1...16).contains, "from 1 to 16")
  }

  /// Whether it reaches neither beyond the pixels nor, by a whole vector or with `fits` at all, beyond the channels.
  func isFitting(pixels: Int, channels: Int, width: Int, fits: Bool) -> Bool {
    self.width <= width && self.pixels <= max(1, pixels)
      && (fits ? vectors * self.width <= channels : (vectors - 1) * self.width < channels)
  }

  /// The tiles that waste the least of `pixels` x `channels` and load the least per multiplication: some of the
  /// greatest vector width, fewer of half of it, where two instructions may run at a time.
  static func candidates(pixels: Int, channels: Int, width: Int, fits: Bool) -> [TileShape] {
    let best = ranked(pixels: pixels, channels: channels, width: width, fits: fits).prefix(8)
    let half = width >= 8 ? ranked(pixels: pixels, channels: channels, width: width / 2, fits: fits).prefix(4) : []
    return Array(best + half)
  }

  private static func ranked(pixels: Int, channels: Int, width: Int, fits: Bool) -> [TileShape] {
    var ranked: [(tile: TileShape, cost: Double)] = []
    for limit in RegisterTile.limits {
      // Of the counts that need equally many tiles for a row the least wastes the least.
      let counts = Set(
        (1...max(1, pixels)).prefix(64).map { ceilingDivision(pixels, $0) }.filter { $0 <= limit.pixels }
      )
      .union([min(pixels, limit.pixels)])
      for count in counts {
        let tile = TileShape(width: width, vectors: limit.vectors, pixels: max(1, count))
        guard tile.isFitting(pixels: pixels, channels: channels, width: width, fits: fits) else { continue }
        let lanes = limit.vectors * width
        let computed =
          Double(ceilingDivision(pixels, tile.pixels) * tile.pixels)
          * Double(
            ceilingDivision(channels, lanes) * lanes)
        let loads = 1 / Double(tile.pixels) + 1 / Double(limit.vectors)
        ranked.append((tile, computed * (1 + loads)))
      }
    }
    return ranked.sorted { $0.cost < $1.cost }.map(\.tile)
  }
}
