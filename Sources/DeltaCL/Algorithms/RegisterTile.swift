/// What a work-item of a correlation or a gradient keeps in registers: `pixels` x `vectors` accumulators of `width` lanes.
struct RegisterTile: Hashable, Sendable {
  /// The lanes of a vector.
  let width: Int
  /// The vectors of neighbouring output channels.
  let vectors: Int
  /// The neighbouring pixels, or taps.
  let pixels: Int
  /// The half cycles of a step that covers all pixels and channels.
  let cost: Int

  /// The output channels that are computed together.
  var lanes: Int { vectors * width }

  /// The shapes to choose from: accumulators and one row of factors fit into the 32 registers of AVX-512, without spills.
  static let limits = [(vectors: 4, pixels: 6), (vectors: 2, pixels: 12), (vectors: 1, pixels: 16)]

  /// The part of the L1 cache for the weights of a tile.
  private static let l1Bytes = 32 << 10

  /// The tile that covers `pixels` x `channels` in the least time.
  ///
  /// The time of a step is that of its multiplications or loads, two of either per cycle, but at least the four cycles of
  /// latency of an addition to the same accumulator, and half a cycle of overhead. Weights that do not fit into the L1 cache
  /// come from the L2 cache, a vector in two and a half cycles.
  ///
  /// - Parameters:
  ///   - pixelStep: The distance in floats of two neighbouring pixels. Where it is a multiple of a page, pixels share one set
  ///     of the L1 cache, which holds eight of them.
  ///   - terms: The weights of a channel, if each step reads them.
  ///   - fits: Whether a vector must not reach beyond the channels; else missing lanes are filled up.
  init(pixels: Int, channels: Int, width: Int, pixelStep: Int, terms: Int = 0, fits: Bool = false) {
    let sharesSet = pixelStep.isMultiple(of: 1024)
    var best: (tile: (vectors: Int, pixels: Int), cost: Int)?
    for limit in Self.limits where limit.vectors == 1 || limit.vectors * width < channels + (fits ? 1 : width) {
      let weightBytes = terms * limit.vectors * width * ElementType.float32.byteCount
      let weightHalfCycles = weightBytes > Self.l1Bytes ? 5 * limit.vectors : 0
      for count in 1...max(1, min(pixels, limit.pixels, sharesSet ? 8 : limit.pixels)) {
        let halfCycles = max(count * limit.vectors, count + limit.vectors, weightHalfCycles, 8) + 1
        let cost = ceilingDivision(pixels, count) * ceilingDivision(channels, limit.vectors * width) * halfCycles
        if cost < best?.cost ?? .max { best = ((limit.vectors, count), cost) }
      }
    }
    self.width = width
    vectors = best?.tile.vectors ?? 1
    self.pixels = best?.tile.pixels ?? 1
    cost = best?.cost ?? 1
  }
}

extension RegisterTile {
  /// The chosen tile if it fits, else the one that covers `pixels` x `channels` in the least time.
  init(
    choosing shape: TileShape?, pixels: Int, channels: Int, width: Int, pixelStep: Int, terms: Int = 0,
    fits: Bool = false
  ) {
    let best = RegisterTile(
      pixels: pixels, channels: channels, width: width, pixelStep: pixelStep, terms: terms, fits: fits)
    let chosen = shape.flatMap {
      $0.isFitting(pixels: pixels, channels: channels, width: width, fits: fits) ? $0 : nil
    }
    // What the tile costs must not decide on anything else that is left to the planner.
    self.init(
      chosen ?? TileShape(width: best.width, vectors: best.vectors, pixels: best.pixels), cost: best.cost)
  }

  private init(_ shape: TileShape, cost: Int) {
    width = shape.width
    vectors = shape.vectors
    pixels = shape.pixels
    self.cost = cost
  }
}
