import Testing

@testable import DeltaCL

@Suite struct TransposedConvolutionConformanceTests {
  private var random = RandomValues(seed: 37)

  static let cases: [TransposedConvolution] = {
    typealias Transposed = TransposedConvolution
    let small = try? Transposed(
      batch: 2, inputSize: Extent(2, 3), inputChannels: 2, outputChannels: 3, kernelSize: 2, stride: 2)
    if TestDevice.usesSmallShapes { return [small].compactMap(\.self) }
    let others = [
      small,
      try? Transposed(
        batch: 2, inputSize: Extent(5, 4), inputChannels: 6, outputChannels: 4, kernelSize: Extent(3, 2),
        stride: Extent(2, 3), padding: Padding(top: 1, left: 0, bottom: 0, right: 1), outputPadding: Extent(1, 2),
        groups: 2),
      try? Transposed(
        batch: 1, inputSize: 7, inputChannels: 20, outputChannels: 33, kernelSize: 4, stride: 2, padding: 1),
      try? Transposed(
        batch: 3, inputSize: 5, inputChannels: 3, outputChannels: 17, kernelSize: 3, padding: 2, dilation: 2),
      // Windows that do not touch, and a kernel for each channel.
      try? Transposed(batch: 1, inputSize: 3, inputChannels: 8, outputChannels: 8, kernelSize: 1, stride: 3, groups: 8),
      try? Transposed(batch: 0, inputSize: 3, inputChannels: 2, outputChannels: 2, kernelSize: 2),
    ]
    return others.compactMap(\.self)
  }()

  @Test func allCasesAreValid() { #expect(Self.cases.count == (TestDevice.usesSmallShapes ? 1 : 6)) }

  /// By the definition, pixel by pixel of x, exactly on integers; with a bias and without.
  @Test(arguments: cases) mutating func pixelsAreSpreadOverWindows(_ transposed: TransposedConvolution) throws {
    let convolution = transposed.convolution
    let x = random.integers(transposed.inputShape.elementCount)
    let w = random.integers(transposed.kernelShape.elementCount)
    let b = random.integers(transposed.biasShape.elementCount)
    let (size, result) = (convolution.outputSize, convolution.inputSize)
    let (inputs, outputs) = (convolution.outputChannels, convolution.inputChannels)
    var expected = [Float](repeating: 0, count: transposed.outputShape.elementCount)
    for index in x.indices {
      let (pixel, c) = (index / inputs, index % inputs)
      let (n, i, j) = (pixel / size.area, pixel / size.columns % size.rows, pixel % size.columns)
      for r in 0..<convolution.kernelSize.rows {
        for s in 0..<convolution.kernelSize.columns {
          let row = i * convolution.stride.rows + r * convolution.dilation.rows - convolution.padding.top
          let column = j * convolution.stride.columns + s * convolution.dilation.columns - convolution.padding.left
          guard (0..<result.rows).contains(row), (0..<result.columns).contains(column) else { continue }
          let share = outputs / convolution.groups, first = c / (inputs / convolution.groups) * share
          for k in 0..<share {
            let weight = w[((c * convolution.kernelSize.rows + r) * convolution.kernelSize.columns + s) * share + k]
            expected[((n * result.rows + row) * result.columns + column) * outputs + first + k] += x[index] * weight
          }
        }
      }
    }
    let y = try verify(.transposedConvolution(transposed, bias: false), [.float32(x), .float32(w)])[0].floats
    #expect(y == expected)
    let biased = try verify(
      .transposedConvolution(transposed, bias: true), [.float32(x), .float32(w), .float32(b)])[0].floats
    #expect(biased == expected.enumerated().map { $1 + b[$0 % outputs] })
  }

  @Test func impossibleDescriptors() {
    func transposed(stride: Extent = 2, padding: Padding = 0, more: Extent = 0, groups: Int = 1) throws {
      _ = try TransposedConvolution(
        batch: 1, inputSize: 2, inputChannels: 2, outputChannels: 3, kernelSize: 2, stride: stride, padding: padding,
        outputPadding: more, groups: groups)
    }
    expectError(.invalidDescriptor, naming: "less than the stride 2") { try transposed(more: 2) }
    expectError(.invalidDescriptor, naming: "less than the stride 2") { try transposed(more: Extent(0, -1)) }
    expectError(.invalidDescriptor, naming: "leaves nothing") { try transposed(padding: 2) }
    expectError(.invalidDescriptor, naming: "at least 1") { try transposed(stride: 0) }
    expectError(.invalidDescriptor, naming: "2 groups") { try transposed(groups: 2) }
    expectError(.invalidDescriptor, naming: "at least 1") { try transposed(stride: Extent(.max, 1)) }
    // Rows and columns beyond all limits.
    #expect(throws: DeltaCLError.self) { try transposed(stride: Extent(1 << 30, 1 << 30)) }
  }
}
