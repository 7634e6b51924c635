extension SelfTestCase {
  /// Runs the plan twice on a backend and holds its results to the reference.
  ///
  /// All operands and the scratch lie between margins, and what is written is garbage before.
  ///
  /// - Parameter timeLimit: How long a run may take; without one, any time.
  /// - Throws: ``SelfTestFlaw`` where something is wrong; what the backend throws.
  func verify(on backend: OpenCLBackend, timeLimit: Duration? = nil) throws {
    let reference = ReferenceBackend.shared
    let expected = try Self.results(of: reference.plan(for: operation), inputs, on: reference, times: 1) {}
    let plan = try choice.map { try backend.plan(for: operation, choice: $0) } ?? backend.plan(for: operation)
    let actual = try Self.results(of: plan, inputs, on: backend, times: 2) {
      if let timeLimit { try backend.finish(within: timeLimit) } else { try backend.finish() }
    }
    let results = operation.operands.filter { $0.access != .read }
    for (index, operand) in results.enumerated() {
      let wrong = tolerance.mismatches(actual[index], expected[index])
      if let first = wrong.first {
        throw SelfTestFlaw(
          "\(operand.name)\(Self.position(first, in: operand.shape)) is \(actual[index].text(first)), not "
            + "\(expected[index].text(first)); \(wrong.count) of \(expected[index].bits.count) elements are wrong")
      }
    }
  }

  /// The operands that a plan updates or writes.
  private static func results(
    of plan: any Plan, _ inputs: [HostValues], on backend: any Backend, times: Int, finish: () throws -> Void
  ) throws -> [HostValues] {
    let operands = plan.operation.operands
    let guarded = try operands.map { try GuardedOperand($0.elementType, count: $0.shape.elementCount, on: backend) }
    let scratchCount = ElementType.float32.count(holding: plan.scratchByteCount)
    let scratch = scratchCount > 0 ? try GuardedOperand(.float32, count: scratchCount, on: backend) : nil
    let call = try plan.bind(guarded.map(\.storage), scratch: scratch?.storage, label: plan.operation.name)
    var results: [[HostValues]] = []
    for _ in 0..<times {
      var remaining = inputs[...]
      for (operand, memory) in zip(operands, guarded) {
        if operand.access != .write, let input = remaining.popFirst() {
          try memory.fill(input)
        } else {
          try memory.fillWithGarbage()
        }
      }
      try scratch?.fillWithGarbage()
      try call.enqueue()
      try finish()
      let values = try zip(operands, guarded).map { try $1.values($0.name) }
      _ = try scratch?.values("the scratch")
      let taken = zip(operands, values).filter { $0.0.access != .write }
      for ((operand, value), input) in zip(taken, inputs) where operand.access == .read && value != input {
        throw SelfTestFlaw("the input \(operand.name) is overwritten")
      }
      results.append(zip(operands, values).filter { $0.0.access != .read }.map(\.1))
    }
    guard results.allSatisfy({ $0 == results[0] }) else { throw SelfTestFlaw("a second run gives other bits") }
    return results[0]
  }

  /// The place of an element, such as `[0, 2, 1, 5]`.
  private static func position(_ index: Int, in shape: Shape) -> [Int] {
    var remainder = index
    let position = shape.dimensions.reversed().map { extent in
      defer { remainder /= extent }
      return remainder % extent
    }
    return position.reversed()
  }
}
