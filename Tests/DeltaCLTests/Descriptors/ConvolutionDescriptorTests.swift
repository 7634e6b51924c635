import DeltaCL
import Testing

@Suite struct ConvolutionDescriptorTests {
  private func convolution(
    batch: Int = 1, input: Extent = 8, channels: Int = 4, outputs: Int = 6, kernel: Extent = 3, stride: Extent = 1,
    padding: Padding = 0, dilation: Extent = 1, groups: Int = 1
  ) throws -> Convolution {
    try Convolution(
      batch: batch, inputSize: input, inputChannels: channels, outputChannels: outputs, kernelSize: kernel,
      stride: stride, padding: padding, dilation: dilation, groups: groups)
  }

  /// Sizes that PyTorch's `Conv2d` gives.
  @Test func outputSize() throws {
    #expect(try convolution(input: 28, kernel: 5).outputSize == 24)
    #expect(try convolution(input: 28, kernel: 5, padding: 2).outputSize == 28)
    #expect(try convolution(input: 224, kernel: 7, stride: 2, padding: 3).outputSize == 112)
    #expect(try convolution(input: 227, kernel: 11, stride: 4).outputSize == 55)
    #expect(try convolution(input: 32, kernel: 3, padding: 2, dilation: 2).outputSize == 32)
    #expect(
      try convolution(input: Extent(20, 31), kernel: Extent(3, 5), stride: Extent(2, 1)).outputSize == Extent(9, 27))
    #expect(
      try convolution(input: 10, kernel: Extent(1, 7), stride: 3, dilation: Extent(4, 1)).outputSize == Extent(4, 2))
    #expect(
      try convolution(input: 5, padding: Padding(top: 1, left: 0, bottom: 2, right: 3)).outputSize == Extent(6, 6))
    #expect(try convolution(input: 3, kernel: 3).outputSize == 1)
    #expect(try convolution(input: 1, kernel: 1).outputSize == 1)
    #expect(try convolution(input: 1, kernel: 3, padding: 1).outputSize == 1)
  }

  @Test func shapes() throws {
    let convolution = try convolution(
      batch: 2, input: Extent(7, 9), channels: 4, outputs: 6, kernel: Extent(3, 5), groups: 2)
    #expect(convolution.inputShape == [2, 7, 9, 4])
    #expect(convolution.kernelShape == [6, 3, 5, 2])
    #expect(convolution.biasShape == [6])
    #expect(convolution.outputShape == [2, 5, 5, 6])
    #expect(convolution.floatingPointOperations == 2 * (2 * 5 * 5 * 6) * (3 * 5 * 2))
  }

  @Test func emptyBatch() throws {
    let convolution = try convolution(batch: 0)
    #expect(convolution.outputShape == [0, 6, 6, 6])
    #expect(convolution.outputShape.elementCount == 0)
    #expect(convolution.floatingPointOperations == 0)
  }

  @Test func impossibleParameters() {
    expectError(.invalidDescriptor, naming: "stride", "0") { try convolution(stride: 0) }
    expectError(.invalidDescriptor, naming: "stride", "-1") { try convolution(stride: Extent(1, -1)) }
    expectError(.invalidDescriptor, naming: "dilation", "0") { try convolution(dilation: 0) }
    expectError(.invalidDescriptor, naming: "padding", "-1") { try convolution(padding: -1) }
    expectError(.invalidDescriptor, naming: "padding", "-2") {
      try convolution(padding: Padding(top: 0, left: 0, bottom: 0, right: -2))
    }
    expectError(.invalidDescriptor, naming: "0") { try convolution(kernel: Extent(3, 0)) }
    expectError(.invalidDescriptor, naming: "input size", "0") { try convolution(input: Extent(0, 8)) }
    expectError(.invalidDescriptor, naming: "channels", "0") { try convolution(channels: 0) }
    expectError(.invalidDescriptor, naming: "channels", "0") { try convolution(outputs: 0) }
    expectError(.invalidDescriptor, naming: "groups", "0") { try convolution(groups: 0) }
    expectError(.invalidDescriptor, naming: "-1") { try convolution(batch: -1) }
  }

  @Test func groupsMustDivideTheChannels() throws {
    expectError(.invalidDescriptor, naming: "3 groups", "4", "6") {
      try convolution(channels: 4, outputs: 6, groups: 3)
    }
    expectError(.invalidDescriptor, naming: "4 groups") { try convolution(channels: 4, outputs: 6, groups: 4) }
    _ = try convolution(channels: 4, outputs: 6, groups: 2)
    _ = try convolution(channels: 3, outputs: 6, groups: 3)
  }

  @Test func kernelMustFitThePaddedInput() throws {
    expectError(.invalidDescriptor, naming: "9 cells", "8") { try convolution(kernel: 9) }
    expectError(.invalidDescriptor, naming: "columns", "9 cells") {
      try convolution(kernel: Extent(3, 5), dilation: Extent(1, 2))
    }
    _ = try convolution(kernel: 10, padding: 1)
    expectError(.invalidDescriptor) { try convolution(kernel: 11, padding: 1) }
  }

  @Test func tooLargeToIndex() {
    expectError(.tooLarge, naming: "[65536, 65536, 65536, 1]") {
      try convolution(batch: 65_536, input: 65_536, channels: 1, outputs: 1)
    }
    // 2^32 elements, 0 in 32 bits.
    expectError(.tooLarge) { try convolution(batch: 65_536, input: Extent(256, 256), channels: 1, outputs: 1) }
    // The output alone, the kernels alone, the padded input alone.
    expectError(.tooLarge, naming: "output") {
      try convolution(batch: 1_024, input: 64, channels: 1, outputs: 1_024, kernel: 1)
    }
    expectError(.tooLarge, naming: "kernel") { try convolution(input: 1, channels: 65_536, outputs: 65_536, kernel: 1) }
    expectError(.tooLarge) {
      try convolution(batch: 1, input: 1, channels: 1, outputs: 1, kernel: 1, stride: 1_000_000, padding: 100_000)
    }
    for huge in [Int.max, 1 << 40, Int(Int32.max)] {
      expectError(.tooLarge) { try convolution(batch: huge) }
      expectError(.tooLarge) { try convolution(outputs: huge) }
      for descriptor in [
        { try convolution(input: Extent(huge, 8)) }, { try convolution(kernel: Extent(3, huge)) },
        { try convolution(stride: Extent(huge, 1)) }, { try convolution(padding: Padding(huge, 0)) },
        { try convolution(dilation: Extent(1, huge)) },
      ] {
        #expect(throws: DeltaCLError.self) { try descriptor() }
      }
    }
  }

  /// Extents whose product would overflow while an operation is planned.
  @Test func refusesHugeImagesOfAnEmptyBatch() {
    expectError(.tooLarge) { try convolution(batch: 0, input: Extent(1 << 28, 1 << 28), kernel: 1) }
    expectError(.tooLarge) {
      try Pooling(batch: 0, inputSize: Extent(1 << 28, 1 << 28), channels: 1, window: 1)
    }
  }
}
