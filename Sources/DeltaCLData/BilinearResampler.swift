/// Resizes images of 8-bit channels with a triangle filter, as Pillow's and torchvision's antialiased bilinear interpolation do.
struct BilinearResampler {
  /// A part of an image that is resized, and the part of the result that is wanted.
  struct Region: Equatable {
    /// The rows that are resized.
    var rows: Range<Int>
    /// The columns that are resized.
    var columns: Range<Int>
    /// The rows that they become.
    var newRows: Int
    /// The columns that they become.
    var newColumns: Int
    /// The rows of the result that are wanted.
    var windowRows: Range<Int>
    /// The columns of the result that are wanted.
    var windowColumns: Range<Int>
  }

  private let fromColumns: Int
  private let channels: Int
  private let rowAxis: ResamplingAxis
  private let columnAxis: ResamplingAxis

  /// The values of a resized image.
  let outputCount: Int

  /// Resizes whole images to `toRows` and `toColumns`.
  ///
  /// - Throws: As ``init(_:fromColumns:channels:)``.
  init(fromRows: Int, fromColumns: Int, toRows: Int, toColumns: Int, channels: Int) throws(DataError) {
    guard toRows > 0, toColumns > 0 else {
      throw DataError(.malformed, "\(toRows)x\(toColumns)", "is no image size; both sides must be at least 1")
    }
    try self.init(
      Region(
        rows: 0..<fromRows, columns: 0..<fromColumns, newRows: toRows, newColumns: toColumns, windowRows: 0..<toRows,
        windowColumns: 0..<toColumns), fromColumns: fromColumns, channels: channels)
  }

  /// - Parameters:
  ///   - region: What is resized; none of its ranges is empty.
  ///   - fromColumns: The columns of the images.
  ///   - channels: Their channels.
  /// - Throws: `DataError` (`tooLarge`) when the work exceeds `Image.pixelLimit` or memory has no room for it.
  init(_ region: Region, fromColumns: Int, channels: Int) throws(DataError) {
    let (rows, columns) = (region.windowRows.count, region.windowColumns.count)
    let (area, overflow) = rows.multipliedReportingOverflow(by: columns)
    // Columns are resized first, into an image of the old rows and the new columns.
    let (narrowedArea, narrowedOverflow) = region.rows.count.multipliedReportingOverflow(by: columns)
    guard !overflow, !narrowedOverflow, max(area, narrowedArea) <= Image.pixelLimit else {
      throw DataError(
        .tooLarge, "\(rows)x\(columns)",
        "resizing from \(region.rows.count)x\(region.columns.count) exceeds the limit of \(Image.pixelLimit) pixels")
    }
    outputCount = area * channels
    try FileSystem.requireMemory(
      outputCount + narrowedArea * channels * MemoryLayout<Float>.size
        + ResamplingAxis.byteCount(from: region.rows.count, to: region.newRows, count: rows)
        + ResamplingAxis.byteCount(from: region.columns.count, to: region.newColumns, count: columns),
      for: "an image of \(rows)x\(columns)")
    self.fromColumns = fromColumns
    self.channels = channels
    rowAxis = ResamplingAxis(region.rows, to: region.newRows, window: region.windowRows)
    columnAxis = ResamplingAxis(region.columns, to: region.newColumns, window: region.windowColumns)
  }

  /// The resized image, values multiplied by `gain`, rounded and held to 0...255.
  func resample(_ source: [UInt8], gain: Float = 1) -> [UInt8] {
    let rowSize = columnAxis.count * channels
    let sources = rowAxis.sources
    let narrowed = [Float](unsafeUninitializedCapacity: sources.count * rowSize) { narrowed, count in
      source.withUnsafeBufferPointer { source in
        for (row, sourceRow) in sources.enumerated() {
          narrow(
            UnsafeBufferPointer(
              rebasing: source[sourceRow * fromColumns * channels..<(sourceRow + 1) * fromColumns * channels]),
            into: UnsafeMutableBufferPointer(rebasing: narrowed[row * rowSize..<(row + 1) * rowSize]))
        }
      }
      count = sources.count * rowSize
    }
    return [UInt8](unsafeUninitializedCapacity: outputCount) { destination, count in
      narrowed.withUnsafeBufferPointer { narrowed in
        rowAxis.weights.withUnsafeBufferPointer { weights in
          withUnsafeTemporaryAllocation(of: Float.self, capacity: rowSize) { sums in
            for (row, start) in rowAxis.starts.enumerated() {
              sums.initialize(repeating: 0)
              for tap in 0..<rowAxis.tapCount {
                let weight = weights[row * rowAxis.tapCount + tap]
                let line = (start + tap - sources.lowerBound) * rowSize
                for position in 0..<rowSize { sums[position] += weight * narrowed[line + position] }
              }
              for position in 0..<rowSize {
                destination[row * rowSize + position] = UInt8(min(max(sums[position] * gain + 0.5, 0), 255))
              }
            }
          }
        }
      }
      count = outputCount
    }
  }

  /// Resizes one row.
  private func narrow(_ source: UnsafeBufferPointer<UInt8>, into destination: UnsafeMutableBufferPointer<Float>) {
    let tapCount = columnAxis.tapCount
    columnAxis.weights.withUnsafeBufferPointer { weights in
      columnAxis.starts.withUnsafeBufferPointer { starts in
        for column in starts.indices {
          let start = starts[column] * channels
          for channel in 0..<channels {
            var sum: Float = 0
            for tap in 0..<tapCount {
              sum += weights[column * tapCount + tap] * Float(source[start + tap * channels + channel])
            }
            destination[column * channels + channel] = sum
          }
        }
      }
    }
  }
}
