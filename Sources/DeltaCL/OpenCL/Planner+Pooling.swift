/// Pooling: one work-item per row of the result.
extension Planner {
  func maxPooling(_ pooling: Pooling) -> LaunchList {
    maxPooling(
      "max_pooling", pooling, ["x": .operand(0), "y": .operand(1), "argmax": .operand(2)],
      rows: pooling.batch * pooling.outputSize.rows, .none)
  }

  func maxPoolingDelta(_ pooling: Pooling, _ epilogue: EpilogueBinding) -> LaunchList {
    maxPooling(
      "max_pooling_delta", pooling, ["dy": .operand(0), "argmax": .operand(1), "dx": .operand(2)],
      rows: pooling.batch * pooling.inputSize.rows, epilogue)
  }

  private func maxPooling(
    _ kernel: String, _ pooling: Pooling, _ tensors: KernelArguments, rows: Int, _ epilogue: EpilogueBinding
  ) -> LaunchList {
    LaunchList(
      Launch(
        kernel, in: "pooling/max",
        constants: [
          "V": vectorWidth(within: pooling.channels), "WINDOW_ROWS": pooling.rowAxis.reachingCells,
          "WINDOW_COLUMNS": pooling.columnAxis.reachingCells, "STRIDE_ROWS": pooling.stride.rows,
          "STRIDE_COLUMNS": pooling.stride.columns, "DILATION_ROWS": pooling.dilation.rows,
          "DILATION_COLUMNS": pooling.dilation.columns,
        ],
        tensors + ["rows": .int(rows)] + extents(pooling) + [
          "top": .int(pooling.padding.top), "left": .int(pooling.padding.left),
        ], globalSize: [rows], epilogue: epilogue))
  }

  func averagePooling(_ average: AveragePooling, _ epilogue: EpilogueBinding) -> LaunchList {
    averagePooling(
      "average_pooling", average, ["x": .operand(0), "y": .operand(1)],
      rows: average.pooling.batch * average.pooling.outputSize.rows,
      SumParts(runs: average.pooling.window.rows, length: average.pooling.window.columns), epilogue)
  }

  func averagePoolingDelta(_ average: AveragePooling, _ epilogue: EpilogueBinding) -> LaunchList {
    // The windows that hold a position.
    let pooling = average.pooling
    return averagePooling(
      "average_pooling_delta", average, ["dy": .operand(0), "dx": .operand(1)],
      rows: pooling.batch * pooling.inputSize.rows,
      SumParts(
        runs: min(pooling.outputSize.rows, ceilingDivision(pooling.window.rows, pooling.stride.rows)),
        length: min(pooling.outputSize.columns, ceilingDivision(pooling.window.columns, pooling.stride.columns))),
      epilogue)
  }

  private func averagePooling(
    _ kernel: String, _ average: AveragePooling, _ tensors: KernelArguments, rows: Int, _ parts: SumParts,
    _ epilogue: EpilogueBinding
  ) -> LaunchList {
    let pooling = average.pooling
    var constants = ["V": vectorWidth(within: pooling.channels)]
    constants.merge(parts.constants) { $1 }
    if average.countsPadding { constants["COUNTS_PADDING"] = 1 }
    return LaunchList(
      Launch(
        kernel, in: "pooling/average", constants: constants,
        tensors + ["rows": .int(rows)] + extents(pooling) + [
          "R": .int(pooling.window.rows), "S": .int(pooling.window.columns), "strideRows": .int(pooling.stride.rows),
          "strideColumns": .int(pooling.stride.columns), "top": .int(pooling.padding.top),
          "left": .int(pooling.padding.left), "bottom": .int(pooling.padding.bottom),
          "right": .int(pooling.padding.right),
        ] + parts.arguments("partRows"), globalSize: [rows], epilogue: epilogue))
  }

  /// H, W, C, P and Q, which all pooling kernels take.
  private func extents(_ pooling: Pooling) -> KernelArguments {
    [
      "H": .int(pooling.inputSize.rows), "W": .int(pooling.inputSize.columns), "C": .int(pooling.channels),
      "P": .int(pooling.outputSize.rows), "Q": .int(pooling.outputSize.columns),
    ]
  }
}
