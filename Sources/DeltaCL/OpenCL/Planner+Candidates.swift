/// The plans of an operation that are worth a measurement.
extension Planner {
  /// Choices that give other plans than the defaults and than each other, the most promising ones first. Empty where an
  /// operation has no choices.
  func candidates(for operation: TensorOperation) -> [PlanChoice] {
    guard let pass = operation.convolutionPass, let defaults = try? launches(for: operation) else { return [] }
    var seen: Set<[Launch]> = [defaults.launches]
    return proposals(for: operation, pass).filter { choice in
      guard let list = try? choosing(choice).launches(for: operation), !list.launches.isEmpty else { return false }
      return seen.insert(list.launches).inserted
    }
  }

  private func proposals(for operation: TensorOperation, _ pass: ConvolutionPass) -> [PlanChoice] {
    let convolution = pass.convolution
    var groups = [directProposals(for: pass)]
    if pass.direction == .delta, canGather(convolution) {
      let taps = convolution.kernelSize.rows * convolution.kernelSize.columns * convolution.inputChannels
      groups.append(
        [PlanChoice(algorithm: .gathered)]
          + tiles(
            pixels: taps, channels: convolution.outputSize.columns,
            width: vectorWidth(covering: convolution.outputSize.columns), fits: false
          ).map { PlanChoice(algorithm: .gathered, tile: $0) })
    }
    if winogradObstacle(pass) == nil { groups.append(winogradProposals(for: pass)) }
    if obstacle(to: .streaming, for: operation) == nil { groups.append([PlanChoice(algorithm: .streaming)]) }
    if obstacle(to: .depthwise, for: operation) == nil { groups.append([PlanChoice(algorithm: .depthwise)]) }
    if obstacle(to: .local, for: operation) == nil {
      groups.append(
        localTiles.map { PlanChoice(algorithm: .local, localTile: .init(rows: $0.rows, columns: $0.columns)) })
    }
    // Turn by turn, so that a small budget sees some of each.
    return interleaved(groups)
  }

  private func directProposals(for pass: ConvolutionPass) -> [PlanChoice] {
    var convolution = pass.convolution
    // As forward passes and deltas are planned.
    if pass.direction != .gradient, let inOneRow = try? convolution.inOneRow { convolution = inOneRow }
    let groupKernels = convolution.outputChannels / convolution.groups
    let groupChannels = convolution.inputChannels / convolution.groups
    var proposals = [PlanChoice(algorithm: .direct)]
    switch pass.direction {
    case .forward:
      proposals += tiles(
        pixels: convolution.outputSize.columns, channels: groupKernels, width: vectorWidth(covering: groupKernels),
        fits: false
      ).map { PlanChoice(algorithm: .direct, tile: $0) }
    case .delta:
      proposals += tiles(
        pixels: DeltaPhase.all(convolution.columnAxis).map(\.count).min() ?? 1, channels: groupChannels,
        width: vectorWidth(covering: groupChannels), fits: false
      ).map { PlanChoice(algorithm: .direct, tile: $0) }
    case .gradient: proposals += gradientProposals(for: convolution)
    }
    return proposals
  }

  private func gradientProposals(for convolution: Convolution) -> [PlanChoice] {
    let groupKernels = convolution.outputChannels / convolution.groups
    let run = Runs(
      columns: convolution.kernelSize.columns, step: convolution.dilation.columns, channels: convolution.inputChannels,
      groupChannels: convolution.inputChannels / convolution.groups
    ).length
    func proposals(_ lanes: PlanChoice.GradientLanes, pixels: Int, channels: Int) -> [PlanChoice] {
      let choice = PlanChoice(algorithm: .direct, gradientLanes: lanes)
      return [choice]
        + tiles(pixels: pixels, channels: channels, width: vectorWidth(within: channels), fits: true).map { tile in
          var choice = choice
          choice.tile = tile
          return choice
        }
    }
    let splits = [16, 4, 32, 8, 2, 64, 1].filter { $0 <= convolution.batch * convolution.outputSize.rows }
    return interleaved([
      proposals(.taps, pixels: groupKernels, channels: run), proposals(.kernels, pixels: run, channels: groupKernels),
      splits.map { PlanChoice(algorithm: .direct, splits: $0) },
      [56, 224, 28, 448].map { PlanChoice(algorithm: .direct, chunkPixels: $0) },
    ])
  }

  /// Elements of all lists turn by turn.
  private func interleaved(_ lists: [[PlanChoice]]) -> [PlanChoice] {
    (0..<(lists.map(\.count).max() ?? 0)).flatMap { index in lists.compactMap { index < $0.count ? $0[index] : nil } }
  }

  private func winogradProposals(for pass: ConvolutionPass) -> [PlanChoice] {
    let tiles: [PlanChoice.Tile] = [(4, 4), (2, 8), (2, 6), (1, 12), (1, 16), (2, 4), (4, 6)].map {
      PlanChoice.Tile(width: maximumVectorWidth, vectors: $0.0, pixels: $0.1)
    }
    let counts = pass.direction == .gradient ? [128, 256, 512, 64, 1024] : [0, 16, 24, 32, 12, 48, 8]
    return [PlanChoice(algorithm: .winograd)] + counts.map { PlanChoice(algorithm: .winograd, winogradTiles: $0) }
      + tiles.map { PlanChoice(algorithm: .winograd, tile: $0) }
  }

  /// The register tiles that waste the least of `pixels` x `channels` and load the least for each multiplication: some of the
  /// greatest vector width, fewer of half of it, where two instructions may run at a time.
  private func tiles(pixels: Int, channels: Int, width: Int, fits: Bool) -> [PlanChoice.Tile] {
    let best = rankedTiles(pixels: pixels, channels: channels, width: width, fits: fits).prefix(8)
    let half = width >= 8 ? rankedTiles(pixels: pixels, channels: channels, width: width / 2, fits: fits).prefix(4) : []
    return Array(best + half)
  }

  private func rankedTiles(pixels: Int, channels: Int, width: Int, fits: Bool) -> [PlanChoice.Tile] {
    var ranked: [(tile: PlanChoice.Tile, cost: Double)] = []
    for limit in RegisterTile.limits {
      // Of the counts that need equally many tiles for a row the least wastes the least.
      let counts = Set(
        (1...max(1, pixels)).prefix(64).map { ceilingDivision(pixels, $0) }.filter { $0 <= limit.pixels }
      )
      .union([min(pixels, limit.pixels)])
      for count in counts {
        let tile = PlanChoice.Tile(width: width, vectors: limit.vectors, pixels: max(1, count))
        guard isFitting(tile, pixels: pixels, channels: channels, width: width, fits: fits) else { continue }
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
