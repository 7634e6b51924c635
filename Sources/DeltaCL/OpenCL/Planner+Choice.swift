/// How the planner decides, and how its decisions are overridden.
extension Planner {
  /// What the planner decided for an operation.
  struct Decision: Sendable {
    let launches: LaunchList
    /// Why so, in a few words for a person.
    let reason: String
  }

  /// The same planner with choices for the operation that it will plan.
  func choosing(_ choice: PlanChoice) -> Planner {
    var planner = self
    planner.choice = choice
    if let tile = choice.localTile.flatMap({ size in localTiles.first { size.isOf($0) } }) {
      planner.localTiles = [tile]
    }
    return planner
  }

  /// Plans an operation: as tuned where there is an entry for it, else by the defaults. Where the scratch would be larger than
  /// the device allows, a plan with less of it is taken.
  ///
  /// - Throws: ``DeltaCLError`` (`tooLarge`) where no plan's scratch fits or can be indexed.
  func decide(_ operation: TensorOperation, tuned entry: Tuning.Entry? = nil) throws(DeltaCLError) -> Decision {
    if let entry {
      let planner = choosing(entry.choice)
      if let list = try? planner.launches(for: operation), list.scratchByteCount <= maximumScratchBytes {
        return Decision(launches: list, reason: "tuned: \(entry.choice), \(entry.gainText)")
      }
    }
    let hasOthers = operation.convolutionPass != nil && choice.algorithm != .direct
    do throws(DeltaCLError) {
      let list = try launches(for: operation)
      guard list.scratchByteCount <= maximumScratchBytes else { throw tooMuchScratch(list, operation) }
      return Decision(launches: list, reason: reason(for: operation))
    } catch {
      guard hasOthers, error.code == .tooLarge else { throw error }
    }
    let list = try choosing(PlanChoice(algorithm: .direct)).launches(for: operation)
    guard list.scratchByteCount <= maximumScratchBytes else { throw tooMuchScratch(list, operation) }
    return Decision(
      launches: list, reason: "direct: the scratch of a faster algorithm is over \(maximumScratchBytes) bytes")
  }

  private func tooMuchScratch(_ list: LaunchList, _ operation: TensorOperation) -> DeltaCLError {
    DeltaCLError(
      .tooLarge,
      "\(operation.name) \(operation.shapeText) needs \(list.scratchByteCount) bytes of scratch, the device's largest "
        + "buffer is \(maximumScratchBytes) bytes: use a smaller batch")
  }

  /// Why ``launches(for:)`` plans as it does.
  private func reason(for operation: TensorOperation) -> String {
    guard let pass = operation.convolutionPass else { return "default of \(deviceClass) devices" }
    let convolution = pass.convolution
    let source =
      choice == PlanChoice() ? "default of \(deviceClass) devices" : "chosen: \(choice)"
    if usesLocalFamily, (try? localLaunches(for: operation.withoutEpilogue)) != nil { return "\(source), local family" }
    if usesDepthwiseKernels, (try? depthwiseLaunches(for: operation.withoutEpilogue)) != nil {
      return "\(source), depthwise"
    }
    if streams(pass) { return "\(source), weights are read where they lie" }
    if usesWinograd(pass) { return "\(source), Winograd" }
    if pass.direction == .delta, usesGather(convolution) {
      return "\(source), gathered because \(convolution.inputChannels) channels leave lanes empty"
    }
    let refusal = winogradObstacle(pass) ?? winogradDrawback(pass) ?? "direct sums are chosen"
    return "\(source), tile by cost model, Winograd refused because \(refusal)"
  }

  private func streams(_ pass: ConvolutionPass) -> Bool {
    pass.direction != .gradient && pass.dense.map(streamsWeights) ?? false
  }

  /// Whether the local family is asked first: unless another algorithm is chosen.
  var usesLocalFamily: Bool { choice.algorithm.map { $0 == .local } ?? true }

  /// Whether the kernels for depthwise convolution are asked next.
  var usesDepthwiseKernels: Bool { choice.algorithm.map { $0 == .depthwise } ?? true }

  /// Whether the delta is computed as a product of dy with all taps: where it is chosen, or takes less time.
  func usesGather(_ convolution: Convolution) -> Bool {
    choice.algorithm.map { $0 == .gathered && canGather(convolution) } ?? gathersDelta(convolution)
  }

  /// The chosen register tile where it fits, else the one that covers `pixels` x `channels` in the least time; see
  /// ``RegisterTile``.
  func registerTile(
    pixels: Int, channels: Int, width: Int, pixelStep: Int, terms: Int = 0, fits: Bool = false
  ) -> RegisterTile {
    let best = RegisterTile(
      pixels: pixels, channels: channels, width: width, pixelStep: pixelStep, terms: terms, fits: fits)
    guard let tile = choice.tile, isFitting(tile, pixels: pixels, channels: channels, width: width, fits: fits) else {
      return best
    }
    // What the tile costs must not decide on anything else that is left to the planner.
    return RegisterTile(tile, cost: best.cost)
  }

  /// Whether a tile reaches neither beyond the pixels nor, by a whole vector or with `fits` at all, beyond the channels.
  func isFitting(_ tile: PlanChoice.Tile, pixels: Int, channels: Int, width: Int, fits: Bool) -> Bool {
    tile.width <= width && tile.pixels <= max(1, pixels)
      && (fits ? tile.vectors * tile.width <= channels : (tile.vectors - 1) * tile.width < channels)
  }

  /// Why an algorithm cannot do an operation; `nil` where it can.
  func obstacle(to algorithm: PlanChoice.Algorithm, for operation: TensorOperation) -> String? {
    guard let pass = operation.convolutionPass else { return "its plan has no choices" }
    switch algorithm {
    case .direct: return nil
    case .winograd: return winogradObstacle(pass)
    case .local:
      // Whether the family leaves the operation to other kernels does not depend on the choice.
      let list = try? localLaunches(for: operation.withoutEpilogue)
      return list == nil ? "the local family does not do it on this device" : nil
    case .depthwise:
      let list = try? depthwiseLaunches(for: operation.withoutEpilogue)
      return list == nil ? "it is not depthwise, or its stride is too large" : nil
    case .streaming:
      guard pass.direction != .gradient, let dense = pass.dense else { return "it is no dense layer or its delta" }
      return canStreamWeights(dense) ? nil : "its inputs are no multiple of \(maximumVectorWidth)"
    case .gathered:
      guard pass.direction == .delta else { return "only deltas can be gathered" }
      return canGather(pass.convolution)
        ? nil : "it has groups, or its products need over \(gatherLocalBytes) bytes of local memory"
    }
  }
}

extension RegisterTile {
  fileprivate init(_ tile: PlanChoice.Tile, cost: Int) {
    width = tile.width
    vectors = tile.vectors
    pixels = tile.pixels
    self.cost = cost
  }
}

extension LaunchList {
  /// The bytes of all scratch, which is one allocation.
  fileprivate var scratchByteCount: Int {
    scratchCounts.reduce(0) { $0 + $1 * ElementType.float32.byteCount }
  }
}

extension PlanChoice.LocalTile {
  fileprivate func isOf(_ tile: LocalTile) -> Bool { rows == tile.rows && columns == tile.columns }
}
