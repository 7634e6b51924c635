/// Pooling: one work-item a row of the result.
extension Planner {
  func maxPooling(_ pooling: Pooling) -> LaunchList {
    maxPooling("max_pooling", pooling, rows: pooling.batch * pooling.outputSize.rows)
  }

  func maxPoolingDelta(_ pooling: Pooling) -> LaunchList {
    maxPooling("max_pooling_delta", pooling, rows: pooling.batch * pooling.inputSize.rows)
  }

  private func maxPooling(_ kernel: String, _ pooling: Pooling, rows: Int) -> LaunchList {
    var list = LaunchList()
    list.append(
      Launch(
        kernel, in: "pooling/max",
        constants: [
          "V": vectorWidth(within: pooling.channels), "WINDOW_ROWS": pooling.rowAxis.reachingCells,
          "WINDOW_COLUMNS": pooling.columnAxis.reachingCells, "STRIDE_ROWS": pooling.stride.rows,
          "STRIDE_COLUMNS": pooling.stride.columns, "DILATION_ROWS": pooling.dilation.rows,
          "DILATION_COLUMNS": pooling.dilation.columns,
        ],
        [.operand(0), .operand(1), .operand(2), .int(rows)] + extents(pooling) + [
          .int(pooling.padding.top), .int(pooling.padding.left),
        ], globalSize: [rows], storesResult: true))
    return list
  }

  func averagePooling(_ average: AveragePooling) -> LaunchList {
    averagePooling(
      "average_pooling", average, rows: average.pooling.batch * average.pooling.outputSize.rows,
      SumParts(runs: average.pooling.window.rows, length: average.pooling.window.columns))
  }

  func averagePoolingDelta(_ average: AveragePooling) -> LaunchList {
    // The windows that hold a position.
    let pooling = average.pooling
    return averagePooling(
      "average_pooling_delta", average, rows: pooling.batch * pooling.inputSize.rows,
      SumParts(
        runs: min(pooling.outputSize.rows, ceilingDivision(pooling.window.rows, pooling.stride.rows)),
        length: min(pooling.outputSize.columns, ceilingDivision(pooling.window.columns, pooling.stride.columns))))
  }

  private func averagePooling(_ kernel: String, _ average: AveragePooling, rows: Int, _ parts: SumParts) -> LaunchList {
    var list = LaunchList()
    let pooling = average.pooling
    var constants = ["V": vectorWidth(within: pooling.channels)]
    constants.merge(parts.constants) { $1 }
    if average.countsPadding { constants["COUNTS_PADDING"] = 1 }
    list.append(
      Launch(
        kernel, in: "pooling/average", constants: constants,
        [.operand(0), .operand(1), .int(rows)] + extents(pooling) + [
          .int(pooling.window.rows), .int(pooling.window.columns), .int(pooling.stride.rows),
          .int(pooling.stride.columns), .int(pooling.padding.top), .int(pooling.padding.left),
          .int(pooling.padding.bottom), .int(pooling.padding.right),
        ] + parts.arguments, globalSize: [rows], storesResult: true))
    return list
  }

  /// H, W, C, P and Q, which all pooling kernels take.
  private func extents(_ pooling: Pooling) -> [Launch.Argument] {
    [
      .int(pooling.inputSize.rows), .int(pooling.inputSize.columns), .int(pooling.channels),
      .int(pooling.outputSize.rows), .int(pooling.outputSize.columns),
    ]
  }
}
