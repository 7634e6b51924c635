/// How the local family reduces the columns of a matrix: a work-group of `lines` x `lanes` work-items reduces `lanes`
/// neighbouring columns over one of `splits` ranges of rows.
struct LocalColumns {
  let rows: Int
  let channels: Int
  let lines: Int
  let lanes: Int
  let splits: Int

  /// The neighbouring floats that a GPU reads in one transaction.
  private static let maximumLanes = 32
  /// The work-groups to aim for.
  private static let workGroups = 256
  /// The most ranges: their partial results are added one after the other.
  private static let maximumSplits = 64
  /// The least rows per work-item; below this the reduction tree costs more than it saves.
  private static let rowsPerItem = 16

  /// - Parameters:
  ///   - items: The work-items of a work-group, a power of two.
  ///   - isSplit: Whether the rows may be split; if not, one work-group reduces all of them.
  init(rows: Int, channels: Int, items: Int, isSplit: Bool = true) {
    self.rows = rows
    self.channels = channels
    var lanes = 1
    while lanes < min(channels, items, Self.maximumLanes) { lanes *= 2 }
    self.lanes = lanes
    lines = items / lanes
    let wanted =
      !isSplit ? 1 : min(Self.maximumSplits, ceilingDivision(Self.workGroups, ceilingDivision(channels, lanes)))
    self.splits = max(1, min(wanted, rows / (lines * Self.rowsPerItem)))
  }

  /// The work-groups side by side.
  var blocks: Int { ceilingDivision(channels, lanes) }
  /// The work-items of a work-group.
  var items: Int { lines * lanes }

  /// A launch of a kernel of `Kernels/OpenCL/reduction/local.cl` on `tensors`.
  func launch(_ kernel: String, _ tensors: KernelArguments, constants: [String: Int] = [:]) -> Launch {
    Launch(
      kernel, in: "reduction/local", constants: constants.merging(["LINES": lines, "LANES": lanes]) { $1 },
      tensors + ["rows": .int(rows), "C": .int(channels), "splits": .int(splits)],
      globalSize: [blocks * items, splits], localSize: items)
  }
}
