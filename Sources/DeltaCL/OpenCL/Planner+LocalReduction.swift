/// Reductions of the local family: trees in local memory; `Kernels/OpenCL/reduction/local.cl` explains the kernels.
extension Planner {
  /// The least classes that keep a work-group busy with one row of a softmax.
  private static let leastLocalClasses = 64

  /// The work-group size of reductions: that of the largest tile.
  private var reducingItems: Int { localTiles.map(\.items).max() ?? 0 }

  /// How columns are reduced; `nil` if the local family is off.
  func localColumns(rows: Int, channels: Int) -> LocalColumns? {
    localTiles.isEmpty ? nil : LocalColumns(rows: rows, channels: channels, items: reducingItems)
  }

  func localBiasGradient(rows: Int, channels: Int) throws(DeltaCLError) -> LaunchList {
    var list = LaunchList()
    let columns = LocalColumns(rows: rows, channels: channels, items: reducingItems)
    if columns.splits == 1 {
      list.append(columns.launch("local_column_sums", ["x": .operand(0), "sums": .operand(1)]))
    } else {
      let partial = try list.scratch(.float32, columns.splits * channels, for: "partial bias gradients")
      list.append(columns.launch("local_column_sums", ["x": .operand(0), "sums": partial]))
      let last = LocalColumns(rows: columns.splits, channels: channels, items: reducingItems, isSplit: false)
      list.append(last.launch("local_column_sums", ["x": partial, "sums": .operand(1)]))
    }
    return list
  }

  /// `nil` if the local family is off or classes are few.
  func localSoftmaxCrossEntropy(_ loss: TensorOperation.SoftmaxCrossEntropy) throws(DeltaCLError) -> LaunchList? {
    let (rows, classes) = (loss.rows, loss.classes)
    if localTiles.isEmpty || classes < Self.leastLocalClasses { return nil }
    var list = LaunchList()
    let losses = try list.scratch(.float32, rows, for: "losses")
    list.append(
      reduction(
        "local_softmax_cross_entropy",
        [
          "logits": .operand(0), "labels": .operand(1), "losses": losses, "dlogits": .operand(3), "rows": .int(rows),
          "classes": .int(classes), "smoothing": .float(loss.labelSmoothing),
        ], workGroups: rows))
    list.append(mean(losses, count: rows, divisor: rows, into: .operand(2)))
    return list
  }

  /// A launch whose work-groups reduce one column.
  func reduction(_ kernel: String, _ arguments: KernelArguments, workGroups: Int) -> Launch {
    Launch(
      kernel, in: "reduction/local", constants: ["LINES": reducingItems, "LANES": 1], arguments,
      globalSize: [workGroups * reducingItems], localSize: reducingItems)
  }
}
