import DeltaCL
import Testing

/// Runs an operation on the backend under test and holds it to the reference.
///
/// Every operand and the scratch lie between canaries, outputs start as garbage. The operation runs twice and must give the same
/// bits; inputs must stay as they were.
///
/// - Parameters:
///   - inputs: The operands that the operation reads or updates.
///   - tolerance: How near `float32` outputs must come; integers must be equal.
///   - backend: The backend to test instead of all of ``TestDevice/backends()``.
/// - Returns: The operands that the operation updates or writes, of the last backend.
@discardableResult
func verify(
  _ operation: TensorOperation, _ inputs: [Values], _ tolerance: Tolerance = .exact, on backend: (any Backend)? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> [Values] {
  let expected = try run(operation, inputs, on: ReferenceBackend(), sourceLocation: sourceLocation)
  let outputs = operation.operands.filter { $0.access != .read }
  let bounds = try expected.indices.map { index in
    try tolerance.bounds(expected: expected[index].floats) {
      try run(operation, inputs.map(\.magnitudes), on: ReferenceBackend(), sourceLocation: sourceLocation)[index].floats
    }
  }
  var actual: [Values] = []
  for backend in try backend.map({ [$0] }) ?? TestDevice.backends() {
    actual = try run(operation, inputs, on: backend, sourceLocation: sourceLocation)
    for (index, operand) in outputs.enumerated() {
      switch (actual[index], expected[index]) {
      case (.float32(let actual), .float32(let expected)):
        let wrong = actual.indices.filter { !isNear(actual[$0], expected[$0], bounds[index][$0]) }
        report(wrong, operation, operand, actual, expected, sourceLocation)
      case (.int32(let actual), .int32(let expected)):
        report(
          actual.indices.filter { actual[$0] != expected[$0] }, operation, operand, actual, expected, sourceLocation)
      default:
        Issue.record("\(operation.name): \(operand.name) has another element type", sourceLocation: sourceLocation)
      }
    }
  }
  return actual
}

/// Runs an operation twice between canaries; returns the operands that it updates or writes.
func run(
  _ operation: TensorOperation, _ inputs: [Values], on backend: any Backend,
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> [Values] {
  let operands = operation.operands
  try #require(
    inputs.map(\.elementType) == operands.filter { $0.access != .write }.map(\.elementType),
    "wrong inputs for \(operation.name)", sourceLocation: sourceLocation)
  let guarded = try operands.map { try GuardedStorage($0.elementType, count: $0.shape.elementCount, on: backend) }
  let plan = try backend.plan(for: operation)
  let scratchCount = ElementType.float32.count(holding: plan.scratchByteCount)
  let scratch = scratchCount > 0 ? try GuardedStorage(.float32, count: scratchCount, on: backend) : nil
  try scratch?.fillWithGarbage()
  let bound = try plan.bind(guarded.map(\.storage), scratch: scratch?.storage, label: operation.name)

  var results: [[Values]] = []
  for _ in 1...2 {
    var remaining = inputs[...]
    for (operand, storage) in zip(operands, guarded) {
      if operand.access != .write, let input = remaining.popFirst() {
        try storage.fill(input)
      } else {
        try storage.fillWithGarbage()
      }
    }
    try bound.enqueue()
    let after = try zip(operands, guarded).map {
      try $1.values("\(operation.name): \($0.name)", sourceLocation: sourceLocation)
    }
    _ = try scratch?.values("\(operation.name): scratch", sourceLocation: sourceLocation)
    let taken = zip(operands, after).filter { $0.0.access != .write }
    for ((operand, value), input) in zip(taken, inputs) where operand.access == .read {
      #expect(
        value.bits == input.bits, "\(operation.name) changed its input \(operand.name)",
        sourceLocation: sourceLocation)
    }
    results.append(zip(operands, after).filter { $0.0.access != .read }.map(\.1))
  }
  #expect(
    results[0].map(\.bits) == results[1].map(\.bits), "\(operation.name) gives other bits when it runs again",
    sourceLocation: sourceLocation)
  return results[0]
}

private func isNear(_ actual: Float, _ expected: Float, _ bound: Float) -> Bool {
  if expected.isNaN { return actual.isNaN }
  return actual.bitPattern == expected.bitPattern || abs(actual - expected) <= bound
}

private func report<Element>(
  _ wrong: [Int], _ operation: TensorOperation, _ operand: Operand, _ actual: [Element], _ expected: [Element],
  _ sourceLocation: SourceLocation
) {
  guard let first = wrong.first else { return }
  var remainder = first
  let position = operand.shape.dimensions.reversed().map { extent in
    defer { remainder /= extent }
    return remainder % extent
  }
  Issue.record(
    """
    \(operation.name): \(operand.name)\(Array(position.reversed())) is \(actual[first]), not \(expected[first]); \
    \(wrong.count) of \(actual.count) elements are wrong
    """, sourceLocation: sourceLocation)
}
