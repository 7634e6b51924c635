/// A triangle filter along one axis of an image, pixel centres at halves: the result at `position` is the sum over `tap` of
/// `weights[position * tapCount + tap]` times the source's `starts[position] + tap`.
///
/// Growing, that is linear interpolation; shrinking, the filter widens so that every source pixel counts.
struct ResamplingAxis {
  let tapCount: Int
  private(set) var starts: [Int] = []
  private(set) var weights: [Float] = []

  /// The number of results.
  var count: Int { starts.count }
  /// The source's pixels that results are made of.
  var sources: Range<Int> { (starts.first ?? 0)..<(starts.last ?? 0) + tapCount }

  /// Resizes the pixels of `source` to `size` results and keeps those of `window`.
  init(_ source: Range<Int>, to size: Int, window: Range<Int>) {
    let step = Double(source.count) / Double(size)
    let radius = max(step, 1)
    let tapCount = Self.tapCount(from: source.count, to: size)
    self.tapCount = tapCount
    starts.reserveCapacity(window.count)
    weights.reserveCapacity(window.count * tapCount)
    for position in window {
      let centre = (Double(position) + 0.5) * step
      let first = max(Int((centre - radius + 0.5).rounded(.down)), 0)
      // Near the far edge the taps begin earlier, with weights of 0, so that none lies outside.
      let start = min(first, source.count - tapCount)
      func weight(_ tap: Int) -> Double { max(0, 1 - abs(Double(start + tap) + 0.5 - centre) / radius) }
      var sum = 0.0
      for tap in 0..<tapCount { sum += weight(tap) }
      for tap in 0..<tapCount { weights.append(Float(weight(tap) / sum)) }
      starts.append(source.lowerBound + start)
    }
  }

  private static func tapCount(from source: Int, to size: Int) -> Int {
    let radius = max(Double(source) / Double(size), 1)
    return min(Int((2 * radius).rounded(.up)) + 1, source)
  }

  /// The bytes that the filter takes for `count` results.
  static func byteCount(from source: Int, to size: Int, count: Int) -> Int {
    count * (tapCount(from: source, to: size) * MemoryLayout<Float>.size + MemoryLayout<Int>.size)
  }
}
