extension Planner {
  func dropout(_ dropout: Dropout) -> LaunchList {
    var list = LaunchList()
    let tilesPerItem = max(1, elementsPerItem / Dropout.tile)
    let width = min(Dropout.lanes, maximumVectorWidth)
    list.append(
      Launch(
        "dropout", in: "random/dropout", constants: ["V": width],
        [
          .operand(0), .operand(1), .operand(2), .int(dropout.count), word(UInt32(truncatingIfNeeded: dropout.seed)),
          word(UInt32(truncatingIfNeeded: dropout.seed >> 32)), word(dropout.layer), word(Dropout.purpose),
          word(dropout.threshold), .float(dropout.scale), .int(tilesPerItem),
        ],
        globalSize: [Dropout.lanes / width * ceilingDivision(dropout.count, Dropout.tile * tilesPerItem)],
        storesResult: true))
    return list
  }

  func increment() -> LaunchList {
    var list = LaunchList()
    list.append(Launch("increment", in: "random/dropout", [.operand(0)], globalSize: [1]))
    return list
  }

  /// The argument whose 32 bits are those of `bits`.
  private func word(_ bits: UInt32) -> Launch.Argument {
    .int(Int(Int32(bitPattern: bits)))
  }
}
