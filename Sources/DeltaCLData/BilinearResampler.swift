/// Resizes images of 8-bit channels with a triangle filter, pixel centres at halves.
///
/// Growing, that is bilinear interpolation; shrinking, the filter widens so that every source pixel counts.
struct BilinearResampler {
  /// For each output position along an axis, the first source position and the weights from there, which sum to 1.
  private struct Axis {
    var taps: [(start: Int, weights: [Float])] = []

    init(from source: Int, to target: Int) {
      let step = Double(source) / Double(target)
      let radius = max(step, 1)
      taps.reserveCapacity(target)
      for position in 0..<target {
        let centre = (Double(position) + 0.5) * step
        let start = max(Int((centre - radius + 0.5).rounded(.down)), 0)
        let end = min(Int((centre + radius + 0.5).rounded(.down)), source)
        let weights = (start..<end).map { max(0, 1 - abs(Double($0) + 0.5 - centre) / radius) }
        let sum = weights.reduce(0, +)
        taps.append((start, weights.map { Float($0 / sum) }))
      }
    }
  }

  private let fromRows: Int
  private let fromColumns: Int
  private let channels: Int
  private let rowAxis: Axis
  private let columnAxis: Axis

  /// The values of a resized image.
  let outputCount: Int

  /// - Throws: `DataError` when a size is not positive or the result exceeds `Image.pixelLimit`.
  init(fromRows: Int, fromColumns: Int, toRows: Int, toColumns: Int, channels: Int) throws(DataError) {
    guard toRows > 0, toColumns > 0 else {
      throw DataError(.malformed, "\(toRows)x\(toColumns)", "is no image size; both sides must be at least 1")
    }
    let (area, overflow) = toRows.multipliedReportingOverflow(by: toColumns)
    guard !overflow, area <= Image.pixelLimit else {
      throw DataError(.tooLarge, "\(toRows)x\(toColumns)", "exceeds the limit of \(Image.pixelLimit) pixels")
    }
    self.fromRows = fromRows
    self.fromColumns = fromColumns
    self.channels = channels
    rowAxis = Axis(from: fromRows, to: toRows)
    columnAxis = Axis(from: fromColumns, to: toColumns)
    outputCount = area * channels
  }

  /// Resizes `source` into `destination`, values multiplied by `gain`, rounded and held to 0...255.
  func resample(
    _ source: UnsafeBufferPointer<UInt8>, into destination: UnsafeMutableBufferPointer<UInt8>, gain: Float = 1
  ) {
    let rowSize = columnAxis.taps.count * channels
    var narrowed = [Float](repeating: 0, count: fromRows * rowSize)
    for row in 0..<fromRows {
      for (column, tap) in columnAxis.taps.enumerated() {
        for channel in 0..<channels {
          var sum: Float = 0
          for (offset, weight) in tap.weights.enumerated() {
            sum += weight * Float(source[(row * fromColumns + tap.start + offset) * channels + channel])
          }
          narrowed[row * rowSize + column * channels + channel] = sum
        }
      }
    }
    for (row, tap) in rowAxis.taps.enumerated() {
      for position in 0..<rowSize {
        var sum: Float = 0
        for (offset, weight) in tap.weights.enumerated() {
          sum += weight * narrowed[(tap.start + offset) * rowSize + position]
        }
        destination[row * rowSize + position] = UInt8(min(max(sum * gain + 0.5, 0), 255))
      }
    }
  }
}
