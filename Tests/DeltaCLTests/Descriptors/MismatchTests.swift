import DeltaCL
import Testing

/// Wrong operands are refused before anything runs, on every backend alike.
@Suite struct MismatchTests {
  static let backends = ["reference", "device"]

  private func backend(_ name: String) throws -> any Backend {
    try name == "reference" ? ReferenceBackend() : TestDevice.backend()
  }

  private func float32(_ count: Int, _ backend: any Backend) throws -> any Storage {
    try backend.allocate(.float32, count: count)
  }

  @Test(arguments: backends)
  func wrongStorages(_ name: String) throws {
    let backend = try backend(name)
    let plan = try backend.plan(for: .add(count: 3))
    let three = try float32(3, backend)
    expectError(.mismatch, naming: "add", "3 tensors", "a, b, y", "not 2") {
      try plan.bind([three, three], scratch: nil, label: "add")
    }
    expectError(.mismatch, naming: "y", "needs 3 elements", "not 4") {
      try plan.bind([three, three, float32(4, backend)], scratch: nil, label: "add")
    }
    expectError(.mismatch, naming: "b", "float32", "int32") {
      try plan.bind([three, backend.allocate(.int32, count: 3), three], scratch: nil, label: "add")
    }
    let stranger = try float32(3, ReferenceBackend())
    expectError(.mismatch, naming: "sum of conv1", "b", "backend") {
      try plan.bind([three, stranger, three], scratch: nil, label: "sum of conv1")
    }
  }

  /// A row without classes has no greatest logit.
  @Test(arguments: backends)
  func noClasses(_ name: String) throws {
    let backend = try backend(name)
    for operation in [
      TensorOperation.softmax(rows: 4, classes: 0), .softmaxDelta(rows: 4, classes: 0),
      .softmaxCrossEntropy(rows: 4, classes: 0), .correctPredictions(rows: 4, classes: 0),
    ] {
      expectError(.invalidDescriptor, naming: "classes", "at least 1") { try backend.plan(for: operation) }
    }
  }

  @Test(arguments: backends)
  func wrongTensors(_ name: String) throws {
    let backend = try backend(name)
    let three = try Tensor([1, 2, 3] as [Float], shape: [3], on: backend)
    expectError(.mismatch, naming: "add", "b", "missing") { try backend.run(.add(count: 3), three) }
    expectError(.mismatch, naming: "1", "too many") { try backend.run(.copy(count: 3), three, three) }
    expectError(.mismatch, naming: "x", "[4]", "[3]") { try backend.run(.copy(count: 4), three) }
    expectError(.mismatch, naming: "float32", "int32") { try three.int32s() }
    expectError(.mismatch, naming: "3", "2") { try three.write([1, 2] as [Float]) }
    expectError(.mismatch, naming: "[2, 2]", "4", "3") { try Tensor(three.storage, shape: [2, 2]) }
    #expect(try Tensor(three.storage, shape: [1, 3]).floats() == [1, 2, 3])
  }

  @Test(arguments: backends)
  func impossibleSizes(_ name: String) throws {
    let backend = try backend(name)
    expectError(.invalidDescriptor) { try backend.allocate(.float32, count: -1) }
    expectError(.tooLarge) { try backend.allocate(.float32, count: .max) }
    expectError(.invalidDescriptor) { try backend.run(.fill(count: -1, value: 0)) }
    expectError(.tooLarge) { try backend.run(.fill(count: .max, value: 0)) }
    expectError(.invalidDescriptor) { try backend.plan(for: .biasGradient(rows: 1, channels: -1)) }
    expectError(.tooLarge) { try backend.plan(for: .biasGradient(rows: .max, channels: .max)) }
    expectError(.tooLarge) { try backend.plan(for: .softmax(rows: .max, classes: .max)) }
    expectError(.invalidDescriptor) { try backend.plan(for: .add(count: -3)) }
  }

  @Test(arguments: backends)
  func impossibleSlices(_ name: String) throws {
    let backend = try backend(name)
    let storage = try float32(4 * backend.storageAlignment, backend)
    let alignment = backend.storageAlignment
    for (offset, count) in [
      (-alignment, 1), (0, -1), (0, storage.count + 1), (storage.count, 1), (alignment, .max), (.max, 1),
    ] {
      #expect(throws: DeltaCLError.self) { try storage.slice(offset: offset, count: count) }
    }
    #expect(try storage.slice(offset: alignment, count: 3 * alignment).count == 3 * alignment)
    #expect(try storage.slice(offset: storage.count, count: 0).count == 0)
    if alignment > 1 {
      #expect(throws: DeltaCLError.self) { try storage.slice(offset: 1, count: 1) }
    }
  }

  @Test(arguments: backends)
  func slicesShareMemory(_ name: String) throws {
    let backend = try backend(name)
    let alignment = backend.storageAlignment
    let whole = try float32(3 * alignment, backend)
    try Tensor(whole, shape: [whole.count]).write([Float](repeating: 1, count: whole.count))
    let middle = try whole.slice(offset: alignment, count: alignment)
    // A slice of a slice, by way of which the value arrives.
    let part = try middle.slice(offset: 0, count: 1)
    try Tensor(part, shape: [1]).write([7] as [Float])
    var expected = [Float](repeating: 1, count: whole.count)
    expected[alignment] = 7
    #expect(try Tensor(whole, shape: [whole.count]).floats() == expected)
  }
}
