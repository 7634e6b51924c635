extension Reference {
  static func multiplyChannels(
    rows: Int, channels: Int, x: Span<Double>, s: Span<Double>, y: consuming MutableSpan<Double>
  ) {
    for index in 0..<rows * channels { y[index] = x[index] * s[index % channels] }
  }

  static func multiplyChannelsGradient(
    rows: Int, channels: Int, x: Span<Double>, dy: Span<Double>, ds: consuming MutableSpan<Double>
  ) {
    for c in 0..<channels {
      var sum = 0.0
      for row in 0..<rows { sum += dy[row * channels + c] * x[row * channels + c] }
      ds[c] = sum
    }
  }
}
