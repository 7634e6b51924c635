import DeltaCL
import Testing

@Suite struct ReferenceSampleTests {
  private var random = RandomValues(seed: 12)

  static let operations = {
    var operations: [TensorOperation] = []
    for parameters in [
      ConvolutionCase(
        batch: 2, input: Extent(5, 6), channels: 6, outputs: 4, kernel: Extent(3, 2), stride: Extent(2, 1),
        padding: Padding(top: 1, left: 2, bottom: 0, right: 1), dilation: Extent(1, 2), groups: 2),
      ConvolutionCase(input: 4, channels: 3, outputs: 5, padding: 1),
    ] {
      guard let convolution = try? parameters.descriptor() else { continue }
      operations += [
        .convolution(convolution, bias: true), .convolutionDelta(convolution), .convolutionGradient(convolution),
      ]
    }
    guard let dense = try? Dense(batch: 3, inputs: 7, outputs: 4) else { return operations }
    return operations + [.dense(dense, bias: false), .denseDelta(dense), .denseGradient(dense)]
  }()

  @Test(arguments: operations) mutating func everyElementIsTheReferences(_ operation: TensorOperation) throws {
    let inputs = operation.operands.dropLast().map { random.floats($0.shape.elementCount) }
    let backend = ReferenceBackend()
    let tensors = try zip(inputs, operation.operands).map { try Tensor($0, shape: $1.shape, on: backend) }
    let expected = try backend.run(operation, tensors)[0].floats()
    let samples = expected.indices.map { operation.referenceSample(at: $0, of: inputs) }
    #expect(samples.map { $0.map { Float($0.value) } } == expected)
    #expect(samples.allSatisfy { ($0?.terms ?? 0) > 0 })
    #expect(operation.referenceSample(at: expected.count, of: inputs) == nil)
    #expect(operation.referenceSample(at: 0, of: []) == nil)
  }

  @Test func otherOperationsHaveNone() {
    #expect(TensorOperation.copy(count: 2).referenceSample(at: 0, of: [[1, 2]]) == nil)
  }
}
