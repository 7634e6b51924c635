extension Planner {
  func dropout(_ dropout: Dropout, _ epilogue: EpilogueBinding) -> LaunchList {
    let tilesPerItem = max(1, elementsPerItem / Dropout.tile)
    let width = min(Dropout.lanes, maximumVectorWidth)
    return LaunchList(
      Launch(
        "dropout", in: "random/dropout", constants: ["V": width],
        [
          "x": .operand(0), "stepNumber": .operand(1), "y": .operand(2), "count": .int(dropout.count),
          "seedLow": word(UInt32(truncatingIfNeeded: dropout.seed)),
          "seedHigh": word(UInt32(truncatingIfNeeded: dropout.seed >> 32)), "layer": word(dropout.layer),
          "purpose": word(Dropout.purpose), "threshold": word(dropout.threshold), "scale": .float(dropout.scale),
          "tilesPerItem": .int(tilesPerItem),
        ],
        globalSize: [Dropout.lanes / width * ceilingDivision(dropout.count, Dropout.tile * tilesPerItem)],
        epilogue: epilogue))
  }

  func increment() -> LaunchList {
    LaunchList(Launch("increment", in: "random/dropout", ["counter": .operand(0)], globalSize: [1]))
  }

  /// The argument whose 32 bits are those of `bits`.
  private func word(_ bits: UInt32) -> Launch.Argument {
    .int(Int(Int32(bitPattern: bits)))
  }
}
