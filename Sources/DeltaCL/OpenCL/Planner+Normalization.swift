/// Batch normalisation: statistics in two stages, then element by element.
///
/// All launches share a grid of channel groups by row ranges. Ranges follow from shapes alone.
extension Planner {
  func batchNormalization(_ normalization: BatchNormalization) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let splits = splits(normalization)
    // The mean and the sum of squared deviations, each with its low-order part.
    let moments = try list.scratch(4 * splits * normalization.channels, for: "partial moments")
    let scale = try list.scratch(normalization.channels, for: "scales")
    let offset = try list.scratch(normalization.channels, for: "offsets")
    if let local = localColumns(normalization) {
      list.append(local.launch("local_statistics", [.operand(0), moments]))
    } else {
      list.append(
        launch(
          "batch_normalization_statistics", normalization,
          [.operand(0), moments] + extents(normalization) + [.int(splits)],
          globalSize: [groups(normalization), splits]))
    }
    list.append(
      launch(
        "batch_normalization_statistics_merge", normalization,
        [
          moments, .operand(1), .operand(2), .operand(3), .operand(4), .operand(6), .operand(7), .operand(8), scale,
          offset,
        ] + extents(normalization) + [.int(splits), .float(normalization.epsilon), .float(normalization.momentum)],
        globalSize: [normalization.channels]))
    appendNormalization(
      normalization, mean: .operand(6), scale: scale, offset: offset, y: .operand(5), to: &list)
    return list
  }

  func batchNormalizationDelta(
    _ normalization: BatchNormalization, activation: Activation?
  ) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    // With an activation the bias comes between the weight and the saved statistics.
    let weight = Launch.Argument.operand(2), bias = Launch.Argument.operand(3)
    let shift = activation == nil ? 0 : 1
    let mean = Launch.Argument.operand(3 + shift), inverseDeviation = Launch.Argument.operand(4 + shift)
    let meanLow = Launch.Argument.operand(5 + shift)
    let constants = activation?.kernelConstants ?? [:]
    // What it takes to normalise x again.
    let normalized = activation == nil ? [] : [bias, weight, inverseDeviation, meanLow]
    let splits = splits(normalization)
    let sums = try list.scratch(splits * normalization.channels, for: "partial sums")
    let products = try list.scratch(splits * normalization.channels, for: "partial products")
    let factors = try list.scratch((activation == nil ? 3 : 4) * normalization.channels, for: "factors")
    if let local = localColumns(normalization) {
      list.append(
        local.launch(
          "local_delta_sums", [.operand(0), .operand(1), mean, sums, products] + normalized, constants: constants))
    } else {
      list.append(
        launch(
          "batch_normalization_sums", normalization,
          [.operand(0), .operand(1), mean, sums, products] + normalized + extents(normalization) + [.int(splits)],
          constants: constants,
          globalSize: [groups(normalization), splits]))
    }
    list.append(
      launch(
        "batch_normalization_sums_merge", normalization,
        [sums, products, weight, inverseDeviation, meanLow, .operand(7 + shift), .operand(8 + shift), factors]
          + (activation == nil ? [] : [bias]) + extents(normalization) + [.int(splits)], constants: constants,
        globalSize: [normalization.channels]))
    let rows = rowsPerItem(normalization)
    list.append(
      launch(
        "batch_normalization_delta", normalization,
        [.operand(0), .operand(1), mean, factors, .operand(6 + shift)] + extents(normalization) + [.int(rows)],
        constants: constants,
        globalSize: [groups(normalization), ceilingDivision(normalization.rows, rows)]))
    return list
  }

  func batchNormalizationInference(_ normalization: BatchNormalization) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let scale = try list.scratch(normalization.channels, for: "scales")
    list.append(
      launch(
        "batch_normalization_scale", normalization,
        [.operand(1), .operand(4), scale, .int(normalization.channels), .float(normalization.epsilon)],
        globalSize: [normalization.channels]))
    appendNormalization(
      normalization, mean: .operand(3), scale: scale, offset: .operand(2), y: .operand(5), to: &list)
    return list
  }

  /// y = (x - mean) * scale + offset.
  private func appendNormalization(
    _ normalization: BatchNormalization, mean: Launch.Argument, scale: Launch.Argument, offset: Launch.Argument,
    y: Launch.Argument, to list: inout LaunchList
  ) {
    let rows = rowsPerItem(normalization)
    list.append(
      launch(
        "batch_normalization", normalization,
        [.operand(0), mean, scale, offset, y] + extents(normalization) + [.int(rows)],
        globalSize: [groups(normalization), ceilingDivision(normalization.rows, rows)], storesResult: true))
  }

  private func launch(
    _ kernel: String, _ normalization: BatchNormalization, _ arguments: [Launch.Argument],
    constants: [String: Int] = [:], globalSize: [Int], storesResult: Bool = false
  ) -> Launch {
    Launch(
      kernel, in: "normalization/batch",
      constants: constants.merging(["V": vectorWidth(dividing: normalization.channels)]) { $1 }, arguments,
      globalSize: globalSize, storesResult: storesResult)
  }

  private func localColumns(_ normalization: BatchNormalization) -> LocalColumns? {
    localColumns(rows: normalization.rows, channels: normalization.channels)
  }

  /// Rows, channels and the channels of a group.
  private func extents(_ normalization: BatchNormalization) -> [Launch.Argument] {
    [.int(normalization.rows), .int(normalization.channels), .int(groupChannels(normalization))]
  }

  private func groupChannels(_ normalization: BatchNormalization) -> Int {
    min(normalization.channels, channelsPerItem)
  }

  private func groups(_ normalization: BatchNormalization) -> Int {
    ceilingDivision(normalization.channels, groupChannels(normalization))
  }

  /// How many ranges of rows a reduction is split into: enough for many cores, each long enough to be worth its merging.
  private func splits(_ normalization: BatchNormalization) -> Int {
    if let local = localColumns(normalization) { return local.splits }
    let wanted = channelsPerItem == .max ? 128 : ceilingDivision(4096, groups(normalization))
    // Within a range the sums of 16 rows are added one after the other.
    let fewest = Int(Double(normalization.rows).squareRoot()) / 48
    return max(1, min(max(wanted, fewest), normalization.rows / 32))
  }

  private func rowsPerItem(_ normalization: BatchNormalization) -> Int {
    max(1, elementsPerItem / groupChannels(normalization))
  }

  /// The vector width for channels whose remainder is done one by one: the greatest power of two that divides them, unless that is
  /// small and leaves most lanes unused.
  private func vectorWidth(dividing channels: Int) -> Int {
    var width = 1
    while width < maximumVectorWidth, channels.isMultiple(of: width * 2) { width *= 2 }
    return width >= 4 ? width : vectorWidth(within: channels)
  }
}
