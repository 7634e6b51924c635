/// Batch normalisation: statistics in two stages, then element by element.
///
/// All launches share a grid of channel groups by row ranges. Ranges follow from shapes alone.
extension Planner {
  func batchNormalization(
    _ normalization: BatchNormalization, _ epilogue: EpilogueBinding
  ) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let splits = splits(normalization)
    // The mean and the sum of squared deviations, each with its low-order part.
    let moments = try list.scratch(.float32, 4 * splits * normalization.channels, for: "partial moments")
    let scale = try list.scratch(.float32, normalization.channels, for: "scales")
    let offset = try list.scratch(.float32, normalization.channels, for: "offsets")
    if let local = localColumns(normalization) {
      list.append(local.launch("local_statistics", ["x": .operand(0), "parts": moments]))
    } else {
      list.append(
        launch(
          "batch_normalization_statistics", normalization,
          ["x": .operand(0), "moments": moments] + extents(normalization) + ["splits": .int(splits)],
          constants: epilogue.constants, globalSize: [groups(normalization), splits]))
    }
    list.append(
      launch(
        "batch_normalization_statistics_merge", normalization,
        [
          "moments": moments, "weight": .operand(1), "bias": .operand(2), "runningMean": .operand(3),
          "runningVariance": .operand(4), "savedMean": .operand(6), "savedInverseDeviation": .operand(7),
          "savedMeanLow": .operand(8), "scale": scale, "offset": offset,
        ] + extents(normalization) + [
          "splits": .int(splits), "epsilon": .float(normalization.epsilon), "momentum": .float(normalization.momentum),
        ], constants: epilogue.constants,
        globalSize: [normalization.channels]))
    appendNormalization(
      normalization, mean: .operand(6), scale: scale, offset: offset, y: .operand(5), epilogue, to: &list)
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
    // What recomputing the normalised x takes.
    let normalized: KernelArguments =
      activation == nil ? [:] : ["bias": bias, "weight": weight, "inverse": inverseDeviation, "meanLow": meanLow]
    let reduced: KernelArguments = ["x": .operand(0), "dy": .operand(1), "mean": mean]
    let splits = splits(normalization)
    let sums = try list.scratch(.float32, splits * normalization.channels, for: "partial sums")
    let products = try list.scratch(.float32, splits * normalization.channels, for: "partial products")
    let factors = try list.scratch(.float32, (activation == nil ? 3 : 4) * normalization.channels, for: "factors")
    if let local = localColumns(normalization) {
      list.append(
        local.launch(
          "local_delta_sums", reduced + ["sums": sums, "products": products] + normalized, constants: constants))
    } else {
      list.append(
        launch(
          "batch_normalization_sums", normalization,
          reduced + ["allSums": sums, "allProducts": products] + normalized + extents(normalization) + [
            "splits": .int(splits)
          ],
          constants: constants,
          globalSize: [groups(normalization), splits]))
    }
    list.append(
      launch(
        "batch_normalization_sums_merge", normalization,
        [
          "sums": sums, "products": products, "weight": weight, "savedInverseDeviation": inverseDeviation,
          "savedMeanLow": meanLow, "dweight": .operand(7 + shift), "dbias": .operand(8 + shift), "factors": factors,
        ] + (activation == nil ? [:] : ["bias": bias]) + extents(normalization) + ["splits": .int(splits)],
        constants: constants,
        globalSize: [normalization.channels]))
    let rows = rowsPerItem(normalization)
    list.append(
      launch(
        "batch_normalization_delta", normalization,
        reduced + ["factors": factors, "dx": .operand(6 + shift)] + extents(normalization) + [
          "rowsPerItem": .int(rows)
        ],
        constants: constants,
        globalSize: [groups(normalization), ceilingDivision(normalization.rows, rows)]))
    return list
  }

  func batchNormalizationInference(
    _ normalization: BatchNormalization, _ epilogue: EpilogueBinding
  ) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let scale = try list.scratch(.float32, normalization.channels, for: "scales")
    list.append(
      launch(
        "batch_normalization_scale", normalization,
        [
          "weight": .operand(1), "variance": .operand(4), "scale": scale, "C": .int(normalization.channels),
          "epsilon": .float(normalization.epsilon),
        ], constants: epilogue.constants,
        globalSize: [normalization.channels]))
    appendNormalization(
      normalization, mean: .operand(3), scale: scale, offset: .operand(2), y: .operand(5), epilogue, to: &list)
    return list
  }

  /// y = (x - mean) * scale + offset.
  private func appendNormalization(
    _ normalization: BatchNormalization, mean: Launch.Argument, scale: Launch.Argument, offset: Launch.Argument,
    y: Launch.Argument, _ epilogue: EpilogueBinding, to list: inout LaunchList
  ) {
    let rows = rowsPerItem(normalization)
    list.append(
      launch(
        "batch_normalization", normalization,
        ["x": .operand(0), "mean": mean, "scale": scale, "offset": offset, "y": y] + extents(normalization) + [
          "rowsPerItem": .int(rows)
        ], globalSize: [groups(normalization), ceilingDivision(normalization.rows, rows)], epilogue: epilogue))
  }

  private func launch(
    _ kernel: String, _ normalization: BatchNormalization, _ arguments: KernelArguments,
    constants: [String: Int] = [:], globalSize: [Int], epilogue: EpilogueBinding = .none
  ) -> Launch {
    Launch(
      kernel, in: "normalization/batch",
      constants: constants.merging(["V": vectorWidth(dividing: normalization.channels)]) { $1 }, arguments,
      globalSize: globalSize, epilogue: epilogue)
  }

  private func localColumns(_ normalization: BatchNormalization) -> LocalColumns? {
    localColumns(rows: normalization.rows, channels: normalization.channels)
  }

  /// Rows, channels and the channels of a group.
  private func extents(_ normalization: BatchNormalization) -> KernelArguments {
    [
      "rows": .int(normalization.rows), "C": .int(normalization.channels), "group": .int(groupChannels(normalization)),
    ]
  }

  private func groupChannels(_ normalization: BatchNormalization) -> Int {
    min(normalization.channels, channelsPerItem)
  }

  private func groups(_ normalization: BatchNormalization) -> Int {
    ceilingDivision(normalization.channels, groupChannels(normalization))
  }

  /// How many ranges of rows a reduction is split into: enough for many cores, each long enough to pay for merging.
  private func splits(_ normalization: BatchNormalization) -> Int {
    if let local = localColumns(normalization) { return local.splits }
    let wanted = itemsTakeAllChannels ? 128 : ceilingDivision(4096, groups(normalization))
    // Within a range the sums of 16 rows are added one after the other.
    let fewest = Int(Double(normalization.rows).squareRoot()) / 48
    return max(1, min(max(wanted, fewest), normalization.rows / 32))
  }

  private func rowsPerItem(_ normalization: BatchNormalization) -> Int {
    max(1, elementsPerItem / groupChannels(normalization))
  }

  /// The vector width for channels whose remainder is processed one by one: the largest power of two that divides them, unless
  /// that is small and leaves most lanes unused.
  private func vectorWidth(dividing channels: Int) -> Int {
    var width = 1
    while width < maximumVectorWidth, channels.isMultiple(of: width * 2) { width *= 2 }
    return width >= 4 ? width : vectorWidth(within: channels)
  }
}
