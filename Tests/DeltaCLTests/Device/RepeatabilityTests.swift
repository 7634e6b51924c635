import Testing

@testable import DeltaCL

/// The same operation gives the same bits wherever and whenever it runs on a device. (That it does when it runs twice, every
/// ``verify(_:_:_:on:sourceLocation:)`` checks.)
@Suite struct RepeatabilityTests {
  private var random = RandomValues(seed: 9)

  private mutating func inputs(_ operation: TensorOperation) -> [Values] {
    operation.operands.filter { $0.access != .write }.map { operand in
      let count = operand.shape.elementCount
      return operand.elementType == .float32
        ? .float32(random.floats(count)) : .int32(random.labels(count, classes: 2))
    }
  }

  /// Operations whose sums are long enough to be split.
  static let operations: [TensorOperation] = {
    guard
      let convolution = try? Convolution(
        batch: 4, inputSize: 15, inputChannels: 5, outputChannels: 17, kernelSize: 3, padding: 1),
      let dense = try? Dense(batch: 33, inputs: 200, outputs: 17),
      let normalization = try? BatchNormalization(rows: 3_000, channels: 17)
    else { return [] }
    return [
      .convolution(convolution, bias: true), .convolutionDelta(convolution), .convolutionGradient(convolution),
      .biasGradient(rows: 3_000, channels: 17), .batchNormalizationDelta(normalization), .dense(dense, bias: true),
      .denseDelta(dense), .denseGradient(dense),
      .softmaxCrossEntropy(rows: 200, classes: 10), .meanSquaredError(count: 5_000),
      .clipNorm(count: 20_000, maximum: 1),
    ]
  }()

  @Test(arguments: operations, TestDevice.exactPlanners)
  mutating func anotherContextGivesTheSameBits(_ operation: TensorOperation, _ planner: Planner) throws {
    let inputs = inputs(operation)
    let first = try run(operation, inputs, on: TestDevice.newBackend(planner))
    let second = try run(operation, inputs, on: TestDevice.newBackend(planner))
    #expect(first.map(\.bits) == second.map(\.bits))
  }

  /// Many threads share a backend and its plans.
  @Test(arguments: operations)
  mutating func concurrentRunsGiveTheSameBits(_ operation: TensorOperation) async throws {
    let inputs = inputs(operation)
    let backend = try TestDevice.backend()
    let expected = try run(operation, inputs, on: backend).map(\.bits)
    try await withThrowingTaskGroup(of: [[UInt32]].self) { group in
      for _ in 1...8 {
        group.addTask { try run(operation, inputs, on: backend).map(\.bits) }
      }
      for try await bits in group {
        #expect(bits == expected)
      }
    }
  }

  /// Eager calls share scratch; what one leaves there must not reach the next.
  @Test mutating func eagerCallsDoNotDisturbEachOther() throws {
    let backend = try TestDevice.backend()
    let runs = Self.operations.map { ($0, inputs($0)) }
    let expected = try runs.map { try run($0.0, $0.1, on: backend).map(\.bits) }
    let results = try (0..<3).map { _ in
      try runs.map { operation, inputs in
        let shapes = operation.operands.filter { $0.access != .write }.map(\.shape)
        let tensors = try zip(inputs, shapes).map { values, shape in
          switch values {
          case .float32(let values): try Tensor(values, shape: shape, on: backend)
          case .int32(let values): try Tensor(values, shape: shape, on: backend)
          }
        }
        return try backend.run(operation, tensors)
      }
    }
    for result in results {
      for (tensors, bits) in zip(result, expected) {
        let values = try tensors.map { try $0.floats().map(\.bitPattern) }
        #expect(values == bits)
      }
    }
  }
}
