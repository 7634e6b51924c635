/// What a work-group of the local family computes together: `rows` x `columns` results, `depth` terms of their sums at a time.
struct LocalTile: Hashable, Sendable {
  let rows: Int
  let columns: Int
  let depth: Int
  /// The results that one work-item keeps in registers.
  let itemRows: Int
  let itemColumns: Int

  /// The tiles to choose from: extents are powers of two, and each work-item copies at least one vector of both factors;
  /// large ones reuse each float in local memory most, small ones suit few results.
  /// Those of dlprimitives and CLBlast are among them.
  static let all = [
    LocalTile(rows: 128, columns: 128, depth: 16, itemRows: 8, itemColumns: 8),
    LocalTile(rows: 128, columns: 64, depth: 16, itemRows: 8, itemColumns: 4),
    LocalTile(rows: 64, columns: 64, depth: 16, itemRows: 4, itemColumns: 4),
    LocalTile(rows: 128, columns: 32, depth: 32, itemRows: 4, itemColumns: 4),
    LocalTile(rows: 32, columns: 32, depth: 32, itemRows: 4, itemColumns: 4),
  ]

  /// The tiles for Intel's GPUs: those of which the compiler keeps all accumulators in registers, also where long sums have two for
  /// each result and where channels are copied one by one.
  static let intel = [
    LocalTile(rows: 64, columns: 64, depth: 16, itemRows: 4, itemColumns: 4),
    LocalTile(rows: 32, columns: 32, depth: 16, itemRows: 4, itemColumns: 4),
  ]

  /// The tiles to choose from on the GPUs of a vendor; `nil` stands for all others. `Tools/check-gpu-kernels` holds the choice to
  /// what the vendors' compilers report.
  static func tiles(for vendor: GPUVendor?) -> [LocalTile] {
    switch vendor {
    case .intel: intel
    case .nvidia, .amd, nil: all
    }
  }

  /// The work-items of a work-group.
  var items: Int { rows / itemRows * (columns / itemColumns) }

  /// The local memory of a work-group; a row of factors is longer by a vector of 4.
  var localBytes: Int { depth * (rows + 4 + columns + 4) * ElementType.float32.byteCount }

  /// The constants that a program is built with.
  var constants: [String: Int] {
    ["TM": rows, "TN": columns, "TK": depth, "WM": itemRows, "WN": itemColumns]
  }

  /// Whether a device can run a work-group.
  func fits(_ limits: DeviceLimits) -> Bool {
    localBytes <= limits.localMemoryBytes && items <= limits.maximumWorkGroupSize
  }

  /// How many tiles cover `rows` x `columns` results.
  func count(rows: Int, columns: Int) -> Int {
    ceilingDivision(rows, self.rows) * ceilingDivision(columns, self.columns)
  }

  /// The relative time of `count` tiles on a device that runs ``computeUnits`` of them at once.
  ///
  /// A work-item reads `itemRows + itemColumns` floats from local memory for `itemRows * itemColumns` multiplications; with
  /// 4 banks for each 16 multipliers, which is common, an item of 8 x 8 keeps both busy and a smaller one waits for memory.
  ///
  /// - Parameter splits: Split-K: the most ranges that the sums of a tile may be split into.
  func cost(count: Int, splits: Int) -> Double {
    let waves = Double(ceilingDivision(count * splits, Self.computeUnits)) / Double(splits)
    let reads = 4 * (1 / Double(itemRows) + 1 / Double(itemColumns))
    return waves * Double(rows * columns) * max(1, reads)
  }

  /// A nominal device: results must not depend on the real one.
  private static let computeUnits = 64
}
