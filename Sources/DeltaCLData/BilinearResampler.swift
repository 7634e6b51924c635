/// Resizes images of 8-bit channels with a triangle filter, pixel centres at halves.
///
/// Growing, that is bilinear interpolation; shrinking, the filter widens so that every source pixel counts.
struct BilinearResampler {
  /// The filter along one axis: output `position` is the sum over `tap` of `weights[position * tapCount + tap]` times
  /// source `starts[position] + tap`.
  private struct Axis {
    let tapCount: Int
    var starts: [Int] = []
    var weights: [Float] = []

    init(from source: Int, to target: Int) {
      let step = Double(source) / Double(target)
      let radius = max(step, 1)
      tapCount = Self.tapCount(from: source, to: target)
      for position in 0..<target {
        let centre = (Double(position) + 0.5) * step
        let first = max(Int((centre - radius + 0.5).rounded(.down)), 0)
        // Near the far edge the taps begin earlier, with weights of 0, so that none lies outside.
        let start = min(first, source - tapCount)
        let triangle = (0..<tapCount).map { max(0, 1 - abs(Double(start + $0) + 0.5 - centre) / radius) }
        let sum = triangle.reduce(0, +)
        starts.append(start)
        weights += triangle.map { Float($0 / sum) }
      }
    }

    static func tapCount(from source: Int, to target: Int) -> Int {
      let radius = max(Double(source) / Double(target), 1)
      return min(Int((2 * radius).rounded(.up)) + 1, source)
    }

    /// The most bytes that making the filter takes, which the growth of its arrays doubles.
    static func byteCount(from source: Int, to target: Int) -> Int {
      let tapCount = tapCount(from: source, to: target)
      return 2 * target * (tapCount * MemoryLayout<Float>.size + MemoryLayout<Int>.size)
        + tapCount * MemoryLayout<Double>.size
    }
  }

  private let fromRows: Int
  private let fromColumns: Int
  private let channels: Int
  private let rowAxis: Axis
  private let columnAxis: Axis

  /// The values of a resized image.
  let outputCount: Int

  /// - Parameter imageCount: How many images of the new size will be in memory at once.
  /// - Throws: `DataError` when a size is not positive, the work exceeds `Image.pixelLimit` or memory has no room for it.
  init(
    fromRows: Int, fromColumns: Int, toRows: Int, toColumns: Int, channels: Int, imageCount: Int = 1
  ) throws(DataError) {
    guard toRows > 0, toColumns > 0 else {
      throw DataError(.malformed, "\(toRows)x\(toColumns)", "is no image size; both sides must be at least 1")
    }
    let (area, overflow) = toRows.multipliedReportingOverflow(by: toColumns)
    // Rows are resized first, into an image of the old rows and the new columns.
    let (narrowedArea, narrowedOverflow) = fromRows.multipliedReportingOverflow(by: toColumns)
    guard !overflow, !narrowedOverflow, max(area, narrowedArea) <= Image.pixelLimit else {
      throw DataError(
        .tooLarge, "\(toRows)x\(toColumns)",
        "resizing from \(fromRows)x\(fromColumns) exceeds the limit of \(Image.pixelLimit) pixels")
    }
    outputCount = area * channels
    let (resultBytes, resultOverflow) = outputCount.multipliedReportingOverflow(by: imageCount)
    let scratchBytes =
      narrowedArea * channels * MemoryLayout<Float>.size + Axis.byteCount(from: fromRows, to: toRows)
      + Axis.byteCount(from: fromColumns, to: toColumns)
    let (bytes, sumOverflow) = resultBytes.addingReportingOverflow(scratchBytes)
    let work = "\(imageCount == 1 ? "an image" : "\(imageCount) images") of \(toRows)x\(toColumns)"
    guard !resultOverflow, !sumOverflow else { throw DataError(.tooLarge, work, "cannot fit in memory") }
    try FileSystem.requireMemory(bytes, for: work)
    self.fromRows = fromRows
    self.fromColumns = fromColumns
    self.channels = channels
    rowAxis = Axis(from: fromRows, to: toRows)
    columnAxis = Axis(from: fromColumns, to: toColumns)
  }

  /// Resizes `source` into `destination`, values multiplied by `gain`, rounded and held to 0...255.
  func resample(
    _ source: UnsafeBufferPointer<UInt8>, into destination: UnsafeMutableBufferPointer<UInt8>, gain: Float = 1
  ) {
    let rowSize = columnAxis.starts.count * channels
    var narrowed = [Float](repeating: 0, count: fromRows * rowSize)
    narrowed.withUnsafeMutableBufferPointer { narrowed in
      columnAxis.weights.withUnsafeBufferPointer { weights in
        for row in 0..<fromRows {
          for (column, start) in columnAxis.starts.enumerated() {
            for channel in 0..<channels {
              var sum: Float = 0
              for tap in 0..<columnAxis.tapCount {
                let value = source[(row * fromColumns + start + tap) * channels + channel]
                sum += weights[column * columnAxis.tapCount + tap] * Float(value)
              }
              narrowed[row * rowSize + column * channels + channel] = sum
            }
          }
        }
      }
      rowAxis.weights.withUnsafeBufferPointer { weights in
        for (row, start) in rowAxis.starts.enumerated() {
          for position in 0..<rowSize {
            var sum: Float = 0
            for tap in 0..<rowAxis.tapCount {
              sum += weights[row * rowAxis.tapCount + tap] * narrowed[(start + tap) * rowSize + position]
            }
            destination[row * rowSize + position] = UInt8(min(max(sum * gain + 0.5, 0), 255))
          }
        }
      }
    }
  }
}
