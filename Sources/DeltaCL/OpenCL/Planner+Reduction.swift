/// Reductions, in stages; `Kernels/OpenCL/reduction/reduce.cl` and `argument.cl` explain the kernels.
extension Planner {
  /// The work-items to split a reduction among where a work-item is a long loop, and where many share a core.
  private static let itemsToShare = (few: 128, many: 4096)
  /// The least elements of a work-item that are worth a second launch.
  private static let leastElements = (few: 8192, many: 256)
  /// The least elements along an axis that keep a work-group busy.
  private static let leastLocalElements = 256
  /// The elements that a work-item of a work-group adds up at a time.
  private static let localPart = 256

  /// What a stage makes of its elements: the constants of `reduce.cl`.
  private struct Formula {
    var term = 0
    var combine = 0
    var finish = 0
  }

  func reduction(_ reduction: TensorOperation.Reduction) throws(DeltaCLError) -> LaunchList {
    let stages = ReductionForm(reduction).stages
    var list = LaunchList()
    var source = Launch.Argument.operand(0)
    for (index, stage) in stages.enumerated() {
      let isLast = index == stages.count - 1
      let result: Launch.Argument =
        if isLast { .operand(1) } else { try list.scratch(.float32, stage.count, for: "partial results") }
      if reduction.function == .logSumExp {
        // The logarithm of a sum of exponentials of such logarithms is that of the whole.
        let greatest = try list.scratch(.float32, stage.count, for: "greatest elements")
        try reduce(source, greatest, stage, Formula(combine: 2), in: &list)
        try reduce(source, result, stage, Formula(term: 3, finish: 3), shifts: greatest, in: &list)
      } else {
        var formula = Self.formula(of: reduction.function)
        if index > 0 { formula.term = 0 }
        if !isLast { formula.finish = 0 }
        try reduce(source, result, stage, formula, count: reduction.terms, in: &list)
      }
      source = result
    }
    return list
  }

  private static func formula(of function: TensorOperation.Reduction.Function) -> Formula {
    switch function {
    case .mean: Formula(finish: 1)
    case .maximum: Formula(combine: 2)
    case .minimum: Formula(combine: 3)
    case .product: Formula(combine: 1)
    case .l1: Formula(term: 1)
    case .l2: Formula(term: 2, finish: 2)
    case .sum, .logSumExp, .argMax, .argMin: Formula()
    }
  }

  /// Appends the launches of a stage: one, or one for ranges of the axis and one for their results.
  private func reduce(
    _ x: Launch.Argument, _ y: Launch.Argument, _ stage: ReductionForm.Stage, _ formula: Formula, count: Int = 0,
    shifts: Launch.Argument? = nil, in list: inout LaunchList
  ) throws(DeltaCLError) {
    if stage.count == 0 { return }
    let splits = ranges(of: stage)
    if splits == 1 {
      list.append(launch(x, y, stage, formula, count: count, shifts: shifts, splits: 1))
      return
    }
    let partial = try list.scratch(.float32, splits * stage.count, for: "partial results of ranges")
    let first = Formula(term: formula.term, combine: formula.combine)
    list.append(launch(x, partial, stage, first, count: count, shifts: shifts, splits: splits))
    let rest = ReductionForm.Stage(outer: stage.outer, reduced: splits, inner: stage.inner)
    let last = Formula(combine: formula.combine, finish: formula.finish)
    list.append(launch(partial, y, rest, last, count: count, shifts: shifts, splits: 1))
  }

  /// The ranges of an axis: 1 unless its elements are many and the results few.
  private func ranges(of stage: ReductionForm.Stage) -> Int {
    if let columns = workGroups(of: stage) { return stage.outer * columns.blocks < 64 ? columns.splits : 1 }
    let (items, least) =
      itemsTakeAllChannels
      ? (Self.itemsToShare.few, Self.leastElements.few) : (Self.itemsToShare.many, Self.leastElements.many)
    let blocks = stage.outer * ceilingDivision(stage.inner, columnsPerItem(stage.inner))
    let elements = stage.reduced * min(stage.inner, columnsPerItem(stage.inner))
    return max(1, min(ceilingDivision(items, blocks), elements / least, stage.reduced))
  }

  /// The columns that a work-item reduces.
  private func columnsPerItem(_ inner: Int) -> Int {
    let width = vectorWidth(within: inner)
    return width * ([16, 8, 4, 2].first { $0 * width <= min(inner, channelsPerItem) } ?? 1)
  }

  /// How the local family reduces; `nil` if it is off or the elements are few.
  private func workGroups(of stage: ReductionForm.Stage) -> LocalColumns? {
    stage.reduced < Self.leastLocalElements ? nil : localColumns(rows: stage.reduced, channels: stage.inner)
  }

  private func launch(
    _ x: Launch.Argument, _ y: Launch.Argument, _ stage: ReductionForm.Stage, _ formula: Formula, count: Int,
    shifts: Launch.Argument?, splits: Int
  ) -> Launch {
    var constants = ["TERM": formula.term, "COMBINE": formula.combine, "FINISH": formula.finish]
    var tensors: KernelArguments = ["x": x, "y": y]
    if formula.term == 3 || formula.finish == 3, let shifts { tensors.append("shifts", shifts) }
    let last: KernelArguments = formula.finish == 1 ? ["count": .int(count)] : [:]
    if let columns = workGroups(of: stage) {
      constants.merge(["LINES": columns.lines, "LANES": columns.lanes]) { $1 }
      return Launch(
        "local_reduce", in: "reduction/reduce", constants: constants,
        tensors + [
          "reduced": .int(stage.reduced), "inner": .int(stage.inner), "blocks": .int(columns.blocks),
          "splits": .int(splits), "part": .int(Self.localPart),
        ] + last, globalSize: [stage.outer * columns.blocks * splits * columns.items], localSize: columns.items)
    }
    if stage.inner == 1 {
      let rowsPerItem = max(1, elementsPerItem / max(1, stage.reduced / splits))
      constants.merge(["V": vectorWidth(within: max(1, stage.reduced / splits)), "NV": 1]) { $1 }
      return Launch(
        "reduce_rows", in: "reduction/reduce", constants: constants,
        tensors + [
          "rows": .int(stage.outer), "columns": .int(stage.reduced), "splits": .int(splits),
          "rowsPerItem": .int(rowsPerItem),
        ] + last, globalSize: [ceilingDivision(stage.outer, rowsPerItem) * splits])
    }
    let width = vectorWidth(within: stage.inner), group = columnsPerItem(stage.inner)
    let blocks = ceilingDivision(stage.inner, group)
    constants.merge(["V": width, "NV": group / width]) { $1 }
    return Launch(
      "reduce_columns", in: "reduction/reduce", constants: constants,
      tensors + [
        "outer": .int(stage.outer), "reduced": .int(stage.reduced), "inner": .int(stage.inner), "blocks": .int(blocks),
        "splits": .int(splits), "part": .int(SumParts.longestChain(of: stage.reduced)),
      ] + last, globalSize: [stage.outer * blocks * splits])
  }

  /// The launches for the position of the greatest or least element.
  func arguments(_ reduction: TensorOperation.Reduction) throws(DeltaCLError) -> LaunchList {
    let stage = ReductionForm(reduction).stages[0]
    var list = LaunchList()
    let width = vectorWidth(within: stage.inner > 1 ? stage.inner : stage.reduced)
    let blocks = stage.inner > 1 ? ceilingDivision(stage.inner, width) : 1
    let (items, least) =
      itemsTakeAllChannels
      ? (Self.itemsToShare.few, Self.leastElements.few) : (Self.itemsToShare.many, Self.leastElements.many)
    let elements = stage.reduced * (stage.inner > 1 ? width : 1)
    let splits = max(1, min(ceilingDivision(items, stage.outer * blocks), elements / least, stage.reduced))
    let values = try list.scratch(.float32, splits * stage.count, for: "greatest elements of ranges")
    let positions = try list.scratch(.int32, splits * stage.count, for: "positions in ranges")
    func append(_ kernel: String, _ arguments: KernelArguments, items: Int) {
      list.append(
        Launch(
          kernel, in: "reduction/argument",
          constants: ["V": width, "LEAST": reduction.function == .argMin ? 1 : 0],
          ["x": .operand(0), "values": values, "positions": positions] + arguments, globalSize: [items]))
    }
    if stage.inner > 1 {
      append(
        "argument_columns",
        [
          "outer": .int(stage.outer), "reduced": .int(stage.reduced), "inner": .int(stage.inner),
          "blocks": .int(blocks), "splits": .int(splits),
        ], items: stage.outer * blocks * splits)
    } else {
      let rowsPerItem = max(1, elementsPerItem / max(1, stage.reduced / splits))
      append(
        "argument_rows",
        [
          "rows": .int(stage.outer), "columns": .int(stage.reduced), "splits": .int(splits),
          "rowsPerItem": .int(rowsPerItem),
        ], items: ceilingDivision(stage.outer, rowsPerItem) * splits)
    }
    list.append(
      Launch(
        "argument_last", in: "reduction/argument",
        constants: ["V": width, "LEAST": reduction.function == .argMin ? 1 : 0],
        [
          "values": values, "positions": positions, "y": .operand(1), "count": .int(stage.count),
          "inner": .int(stage.inner), "splits": .int(splits),
        ], globalSize: [stage.count]))
    return list
  }
}
