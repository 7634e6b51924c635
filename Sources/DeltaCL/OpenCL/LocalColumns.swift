/// How the local family reduces the columns of a matrix: a work-group has `lines` x `lanes` work-items, a lane for each of some
/// neighbouring columns, and there is one for each of `splits` ranges of rows.
struct LocalColumns {
  let rows: Int
  let channels: Int
  let lines: Int
  let lanes: Int
  let splits: Int

  /// Neighbouring floats that a GPU reads at a time.
  private static let maximumLanes = 32
  /// The work-groups to aim at.
  private static let workGroups = 256
  /// Ranges of rows are summed up one after the other in the end.
  private static let maximumSplits = 64
  /// The rows of a work-item that are worth its part in a tree.
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

  /// A launch of a kernel of `local-reduction.cl` on `tensors`.
  func launch(_ kernel: String, _ tensors: KernelArguments, constants: [String: Int] = [:]) -> Launch {
    Launch(
      kernel, in: "reduction/local", constants: constants.merging(["LINES": lines, "LANES": lanes]) { $1 },
      tensors + ["rows": .int(rows), "C": .int(channels), "splits": .int(splits)],
      globalSize: [ceilingDivision(channels, lanes) * lines * lanes, splits], localSize: lines * lanes)
  }
}
