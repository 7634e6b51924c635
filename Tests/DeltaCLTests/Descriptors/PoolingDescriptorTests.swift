import DeltaCL
import Testing

@Suite struct PoolingDescriptorTests {
  private func pooling(
    batch: Int = 1, input: Extent = 8, channels: Int = 3, window: Extent = 2, stride: Extent? = nil,
    padding: Padding = 0, dilation: Extent = 1, ceilMode: Bool = false
  ) throws -> Pooling {
    try Pooling(
      batch: batch, inputSize: input, channels: channels, window: window, stride: stride, padding: padding,
      dilation: dilation, ceilMode: ceilMode)
  }

  /// Sizes that PyTorch's `MaxPool2d` gives.
  @Test func outputSize() throws {
    #expect(try pooling().outputSize == 4)
    #expect(try pooling(input: Extent(7, 9)).outputSize == Extent(3, 4))
    #expect(try pooling(input: 112, window: 3, stride: 2, padding: 1).outputSize == 56)
    #expect(try pooling(input: 9, window: Extent(2, 3), stride: Extent(1, 2)).outputSize == Extent(8, 4))
    #expect(try pooling(input: 10, window: 3, stride: 1, dilation: 3).outputSize == 4)
    #expect(try pooling(input: 6, window: 6).outputSize == 1)
    #expect(try pooling(input: 5, window: 3, padding: Padding(top: 0, left: 1, bottom: 1, right: 1)).outputSize == 2)
  }

  @Test func outputSizeInCeilMode() throws {
    #expect(try pooling(input: 5, ceilMode: true).outputSize == 3)
    #expect(try pooling(input: 8, ceilMode: true).outputSize == 4)
    #expect(try pooling(input: 112, window: 3, stride: 2, ceilMode: true).outputSize == 56)
    #expect(try pooling(input: 10, window: 3, stride: 4, ceilMode: true).outputSize == 3)
    // A last window that would begin in the padding after the image does not count.
    #expect(try pooling(input: 4, window: 2, stride: 3, padding: 1, ceilMode: true).outputSize == 2)
    #expect(try pooling(input: 6, window: 1, stride: 7, ceilMode: true).outputSize == 1)
    #expect(try pooling(input: 7, window: 3, stride: 3, padding: 1, ceilMode: true).outputSize == 3)
    // Windows larger than the padded input by less than the stride.
    #expect(try pooling(input: 2, window: 3, ceilMode: true).outputSize == 1)
    #expect(try pooling(input: 7, window: 1_280, ceilMode: true).outputSize == 1)
    #expect(try pooling(input: 2, window: 5, stride: 4, ceilMode: true).outputSize == 1)
    #expect(try pooling(input: Extent(9, 2), window: 4, stride: 3, ceilMode: true).outputSize == Extent(3, 1))
    #expect(try pooling(input: 4, window: 3, stride: 6, dilation: 4, ceilMode: true).outputSize == 1)
  }

  @Test func strideIsTheWindowByDefault() throws {
    #expect(try pooling(input: 9, window: Extent(2, 3)).stride == Extent(2, 3))
  }

  @Test func emptyBatch() throws {
    #expect(try pooling(batch: 0).outputShape == [0, 4, 4, 3])
  }

  @Test func impossibleParameters() {
    expectError(.invalidDescriptor, naming: "window", "0") { try pooling(window: 0, stride: 1) }
    expectError(.invalidDescriptor, naming: "stride", "0") { try pooling(stride: 0) }
    expectError(.invalidDescriptor, naming: "dilation", "0") { try pooling(dilation: 0) }
    expectError(.invalidDescriptor, naming: "padding", "-1") { try pooling(padding: -1) }
    expectError(.invalidDescriptor, naming: "channels", "0") { try pooling(channels: 0) }
    expectError(.invalidDescriptor, naming: "input size", "0") { try pooling(input: 0) }
    expectError(.invalidDescriptor, naming: "9 cells", "8", "ceil mode") { try pooling(window: 9) }
    expectError(.invalidDescriptor, naming: "9 cells", "8", "stride", "not 1") {
      try pooling(window: 9, stride: 1, ceilMode: true)
    }
    expectError(.invalidDescriptor, naming: "1280 cells", "only 7", "not 2") {
      try pooling(input: 7, window: 1_280, stride: 2, ceilMode: true)
    }
    expectError(.invalidDescriptor, naming: "columns", "13 cells", "not 4") {
      try pooling(window: Extent(1, 4), stride: 4, dilation: 4, ceilMode: true)
    }
    expectError(.invalidDescriptor, naming: "-1") { try pooling(batch: -1) }
  }

  @Test func windowsWhollyInPaddingAreRefused() throws {
    expectError(.invalidDescriptor, naming: "window 0", "padding") { try pooling(padding: 2) }
    expectError(.invalidDescriptor, naming: "rows", "window 0") {
      try pooling(padding: Padding(top: 2, left: 0, bottom: 0, right: 0))
    }
    expectError(.invalidDescriptor, naming: "columns", "window 4") {
      try pooling(padding: Padding(top: 0, left: 0, bottom: 0, right: 2))
    }
    // The window reaches the image, and its dilated cells step over it.
    expectError(.invalidDescriptor, naming: "padding") {
      try pooling(input: 1, window: 2, stride: 1, padding: 1, dilation: 2)
    }
    _ = try pooling(padding: 1)
    _ = try pooling(input: 1, window: 3, stride: 1, padding: 1)
  }

  /// Against a look at every cell of every window, over all small geometries.
  @Test(arguments: [false, true])
  func exactlyTheWindowsWithoutACellAreRefused(ceilMode: Bool) {
    func values(_ ranges: ClosedRange<Int>...) -> [[Int]] {
      ranges.reduce([[]]) { lists, range in lists.flatMap { list in range.map { list + [$0] } } }
    }
    // Size, window, stride, dilation, padding before and after.
    for v in values(1...4, 1...4, 1...4, 1...3, 0...4, 0...2) {
      let (size, window, stride, dilation, before, after) = (v[0], v[1], v[2], v[3], v[4], v[5])
      let room = size + before + after - dilation * (window - 1) - 1 + (ceilMode ? stride - 1 : 0)
      // As PyTorch counts.
      var count = room < 0 ? 0 : room / stride + 1
      if ceilMode, (count - 1) * stride >= size + before { count -= 1 }
      let allMeetTheInput =
        count > 0
        && (0..<count).allSatisfy { index in
          (0..<window).contains { (0..<size).contains(index * stride + $0 * dilation - before) }
        }
      let pooling = try? pooling(
        input: Extent(1, size), window: Extent(1, window), stride: Extent(1, stride),
        padding: Padding(top: 0, left: before, bottom: 0, right: after), dilation: Extent(1, dilation),
        ceilMode: ceilMode)
      #expect((pooling != nil) == allMeetTheInput, "\(v)")
      #expect(pooling == nil || pooling?.outputSize == Extent(1, count), "\(v)")
    }
  }

  /// The largest paddings do not take as many checks.
  @Test func enormousWindows() throws {
    let pooling = try pooling(
      input: 1, channels: 1, window: Extent(1 << 28, 1), stride: 1,
      padding: Padding(top: (1 << 28) - 1, left: 0, bottom: (1 << 28) - 1, right: 0))
    #expect(pooling.outputSize == Extent(1 << 28, 1))
    let ceiled = try self.pooling(
      input: 7, window: 536_870_912, padding: Padding(top: 1 << 28, left: 0, bottom: 1 << 20, right: 0), ceilMode: true)
    #expect(ceiled.outputSize == 1)
    for enormous in [1 << 30, .max] {
      expectError(.invalidDescriptor, naming: "window \(enormous)", "at most") {
        try self.pooling(window: Extent(enormous, enormous), ceilMode: true)
      }
      expectError(.invalidDescriptor, naming: "padding \(enormous)", "at most") {
        try self.pooling(window: 536_870_912, padding: Padding(enormous, enormous), ceilMode: true)
      }
    }
  }

  @Test func tooLargeToIndex() {
    expectError(.tooLarge) { try pooling(batch: 65_536, input: 65_536) }
    expectError(.tooLarge) { try pooling(batch: .max) }
    #expect(throws: DeltaCLError.self) { try pooling(input: Extent(.max, 8)) }
    #expect(throws: DeltaCLError.self) { try pooling(window: Extent(.max, 2)) }
    #expect(throws: DeltaCLError.self) { try pooling(padding: Padding(.max, .max)) }
    #expect(throws: DeltaCLError.self) { try pooling(dilation: Extent(1, .max)) }
  }

  @Test func averagePoolingKnowsNoDilation() throws {
    expectError(.invalidDescriptor, naming: "dilation 2x1") {
      try AveragePooling(pooling(dilation: Extent(2, 1)))
    }
    #expect(try AveragePooling(pooling()).countsPadding)
  }
}
