/// How a window slides along one axis of an image: the arithmetic that convolution and pooling share.
struct WindowAxis: Hashable, Sendable {
  /// Cells of the image.
  let size: Int
  /// Cells that the window reads.
  let window: Int
  let stride: Int
  let dilation: Int
  /// Padding before the first and after the last cell.
  let before: Int
  let after: Int
  /// Whether a last window that reaches over the padded end counts, as long as it starts before the end of the image.
  var ceilMode = false

  /// The largest value of any parameter and of the padded image, so that a window's far end stays within 32 bits.
  static let limit = 1 << 29

  /// From the first to the last cell that a window reads.
  var span: Int { dilation * (window - 1) + 1 }

  /// The cells of a window that lie in the image for some window: those after them lie beyond its end even for the first. A window
  /// of ``ceilMode`` may be much larger than the image.
  var reachingCells: Int { min(window, (before + size - 1) / dilation + 1) }

  /// The number of windows; at least 1 once ``validate(_:)`` has passed.
  var count: Int {
    let room = size + before + after - span + (ceilMode ? stride - 1 : 0)
    guard room >= 0 else { return 0 }
    let count = room / stride + 1
    return ceilMode && (count - 1) * stride >= size + before ? count - 1 : count
  }

  /// Throws if a parameter is out of range or no window fits: if it is larger than the padded image and, in ``ceilMode``, what
  /// it reaches over is not less than the stride.
  func validate(_ what: String) throws(DeltaCLError) {
    func require(_ holds: Bool, _ message: @autoclosure () -> String) throws(DeltaCLError) {
      if !holds { throw DeltaCLError(.invalidDescriptor, "\(what): \(message())") }
    }
    for (name, value, least) in [
      ("input size", size, 1), ("window", window, 1), ("stride", stride, 1), ("dilation", dilation, 1),
      ("padding", before, 0), ("padding", after, 0),
    ] {
      try require(value >= least, "\(name) \(value) must be at least \(least)")
      try require(value <= WindowAxis.limit, "\(name) \(value) must be at most \(WindowAxis.limit)")
    }
    try require(
      size + before + after <= WindowAxis.limit,
      "the padded input has \(size + before + after) cells and must have at most \(WindowAxis.limit)")
    let covers = "the window covers \(span) cells and the padded input has only \(size + before + after)"
    try require(
      count >= 1 || ceilMode,
      "\(covers); use a smaller window or more padding, or for pooling a stride of the window's size in ceil mode")
    try require(
      count >= 1,
      "\(covers), which ceil mode allows where the stride is greater than the difference, not \(stride); use a greater stride, "
        + "a smaller window or more padding")
  }

  /// Throws if some window reads padding alone, which leaves pooling without a value.
  func validateWindowsMeetInput(_ what: String) throws(DeltaCLError) {
    func check(_ index: Int) throws(DeltaCLError) {
      let start = index * stride - before
      let first = start >= 0 ? 0 : (-start + dilation - 1) / dilation
      guard first < window, start + first * dilation < size else {
        throw DeltaCLError(
          .invalidDescriptor, "\(what): window \(index) lies wholly in padding; use less padding or a larger window")
      }
    }
    // Windows that start in the padding repeat after `dilation` of them, and the first of each kind has the fewest cells beyond
    // the padding. Of those that start within the image the last one starts nearest to its end.
    var index = 0
    while index < min(count, dilation), index * stride < before {
      try check(index)
      index += 1
    }
    try check(count - 1)
  }
}
