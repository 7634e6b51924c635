extension DirectSum {
  /// An NHWC image in memory.
  struct Image {
    let argument: Launch.Argument
    let rows: Int
    let columns: Int
    let channels: Int
    /// The distance of a group's image and the next one's if they lie one after the other; `nil` if groups are parts of the channels.
    var groupStep: Int?
    /// What is not padding.
    var inside: (rows: Range<Int>, columns: Range<Int>)?

    /// The first of the rows that are not padding and their number, and those of the columns.
    var insideArguments: KernelArguments {
      let (insideRows, insideColumns) = inside ?? (0..<rows, 0..<columns)
      return [
        "insideRow": .int(insideRows.lowerBound), "insideRows": .int(insideRows.count),
        "insideColumn": .int(insideColumns.lowerBound), "insideColumns": .int(insideColumns.count),
      ]
    }

    /// The image surrounded by zeros in scratch, or itself if there is nothing to add.
    func padded(
      batch: Int, to size: Extent, offset: (top: Int, left: Int), _ list: inout LaunchList
    ) throws(DeltaCLError) -> Image {
      if size == Extent(rows, columns) { return self }
      let paddedRows = batch * size.rows
      let padded = Image(
        argument: try list.scratch(
          .float32, Shape([batch, size.rows, size.columns, channels]).elementCount, for: "padded image"),
        rows: size.rows, columns: size.columns, channels: channels,
        inside: (
          offset.top..<max(offset.top, min(size.rows, offset.top + rows)),
          offset.left..<max(offset.left, min(size.columns, offset.left + columns))
        ))
      list.append(
        Launch(
          "convolution_pad", in: "convolution/pad",
          [
            "x": argument, "y": padded.argument, "rows": .int(paddedRows), "H": .int(rows), "W": .int(columns),
            "YH": .int(size.rows), "YW": .int(size.columns), "C": .int(channels), "top": .int(offset.top),
            "left": .int(offset.left),
          ], globalSize: [paddedRows]))
      return padded
    }
  }
}
