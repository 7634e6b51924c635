/// Holds the deltas of a custom operation to differences of its reference, in double precision.
struct CustomDeltaCheck {
  private let custom: TensorOperation.Custom
  private let backend = ReferenceBackend()
  private let storages: [ReferenceStorage]
  private let inputs: [HostValues]
  private let forward: any BoundOperation
  /// The position of what is written first.
  private let result: Int
  private let dy: [Double]

  /// The distance of differences: their error is its square, and that of the doubles over it.
  private static let distance = 1e-6

  /// - Parameter inputs: The values of what the operation reads or updates.
  init?(_ custom: TensorOperation.Custom, _ inputs: [HostValues], _ values: inout SelfTestValues) throws {
    let operands = custom.operands
    guard let result = operands.firstIndex(where: { $0.access == .write }), operands[result].elementType == .float32
    else {
      return nil
    }
    let backend = backend
    let storages = try operands.map {
      try backend.allocateReference($0.elementType, count: $0.shape.elementCount)
    }
    self.custom = custom
    self.inputs = inputs
    self.result = result
    self.storages = storages
    forward = try backend.plan(for: TensorOperation(custom)).bind(storages, scratch: nil, label: custom.name)
    dy = values.floats(operands[result].shape.elementCount, -1...1).floats.map { Double($0) }
  }

  /// Compares a delta with differences along one direction.
  ///
  /// - Throws: ``DeltaCLError`` (`wrongResult`) if they differ, (`mismatch`) if the delta's operation takes something else.
  func verify(_ delta: CustomDelta, _ values: inout SelfTestValues) throws {
    guard let index = custom.operands.firstIndex(where: { $0.name == delta.operand }) else { return }
    let x = inputs[index].floats.map { Double($0) }
    let direction = values.floats(x.count, -1...1).floats.map { Double($0) }
    func sum(at distance: Double) throws -> Double {
      try run(replacing: index, by: zip(x, direction).map { $0 + distance * $1 })
      return zip(try storages[result].doubles(), dy).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let difference = try (sum(at: Self.distance) - sum(at: -Self.distance)) / (2 * Self.distance)
    try run(replacing: index, by: x)
    let products = zip(try self.delta(delta), direction).map { $0 * $1 }
    let derivative = products.reduce(0, +), magnitude = products.reduce(0) { $0 + abs($1) }
    guard abs(derivative - difference) <= 1e-4 * magnitude + 1e-6 else {
      throw DeltaCLError(
        .wrongResult,
        "\(custom.name) \(custom.shapeText): along a random direction the delta of \(delta.operand) gives \(derivative), and "
          + "differences of the reference \(difference)")
    }
  }

  /// Computes the operation for the inputs, with other values of one of them.
  private func run(replacing index: Int, by values: [Double]) throws {
    for (storage, input) in zip(storages, inputs) { try input.write(to: storage) }
    try storages[index].setDoubles(values)
    try forward.enqueue()
  }

  /// What the operation of a delta computes after the last run.
  private func delta(_ delta: CustomDelta) throws -> [Double] {
    let operation = try delta.operation(custom.axes)
    let gradient = try backend.allocateReference(.float32, count: dy.count)
    try gradient.setDoubles(dy)
    var taken = delta.inputs.map { name in
      custom.operands.firstIndex { $0.name == name }.map { storages[$0] } ?? gradient
    }[...]
    var written: [ReferenceStorage] = []
    let operands = try operation.operands.map { operand in
      if operand.access != .write, let input = taken.popFirst() { return input }
      let output = try backend.allocateReference(operand.elementType, count: operand.shape.elementCount)
      written.append(output)
      return output
    }
    guard taken.isEmpty, let dx = written.first,
      written.count == operation.operands.count(where: { $0.access == .write })
    else {
      throw DeltaCLError(
        .mismatch,
        "\(operation.name), the delta of \(delta.operand) of \(custom.name), does not take \(delta.inputs.count) tensors"
      )
    }
    guard dx.count == inputs[custom.operands.firstIndex(where: { $0.name == delta.operand }) ?? 0].bits.count else {
      throw DeltaCLError(
        .mismatch, "\(operation.name), the delta of \(delta.operand) of \(custom.name), writes \(dx.count) elements")
    }
    try backend.plan(for: operation).bind(operands, scratch: nil, label: operation.name).enqueue()
    return try dx.doubles()
  }
}
