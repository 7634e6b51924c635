import DeltaCL
import Testing

@Suite struct ReferenceBackendTests {
  private let backend = ReferenceBackend()

  @Test func keepsDoubles() throws {
    let storage = try backend.allocateReference(.float32, count: 2)
    try storage.setDoubles([0.1, 1e300])
    #expect(try storage.doubles() == [0.1, 1e300])
    #expect(try Tensor(storage, shape: [2]).floats() == [Float(0.1), .infinity])
  }

  @Test func floatsSurviveUnchanged() throws {
    let values: [Float] = [0.1, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi]
    let tensor = try Tensor(values, shape: [values.count], on: backend)
    #expect(try tensor.floats().map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test func literalsMakeFloats() throws {
    let tensor = try Tensor([1, 2], shape: [2], on: backend)
    #expect(tensor.elementType == .float32)
    try tensor.write([3, 4])
    #expect(try tensor.floats() == [3, 4])
    let labels: [Int32] = [5, 6]
    #expect(try Tensor(labels, shape: [2], on: backend).int32s() == labels)
  }

  @Test func integersHaveNoDoubles() throws {
    let storage = try backend.allocateReference(.int32, count: 2)
    expectError(.mismatch, naming: "int32") { try storage.doubles() }
    expectError(.mismatch, naming: "int32") { try storage.setDoubles([1, 2]) }
    try Tensor(storage, shape: [2]).write([.min, .max] as [Int32])
    #expect(try Tensor(storage, shape: [2]).int32s() == [.min, .max])
  }

  /// What was never written must not pass for a result.
  @Test func newStoragesHoldNaN() throws {
    #expect(try backend.allocateReference(.float32, count: 3).doubles().allSatisfy { $0.isNaN })
  }

  @Test func emptyStorages() throws {
    let tensor = try Tensor([] as [Float], shape: [0, 3], on: backend)
    #expect(try tensor.floats() == [])
    #expect(try backend.run(.copy(count: 0), tensor)[0].floats() == [])
  }

  @Test func instancesDoNotMix() throws {
    let mine = try Tensor([1] as [Float], shape: [1], on: backend)
    expectError(.mismatch, naming: "x", "another backend") { try ReferenceBackend.shared.run(.copy(count: 1), mine) }
  }

  /// Updates from many threads do not get lost.
  @Test func isSafeFromManyThreads() async throws {
    let sgd = try SGDUpdate(count: 3)
    let tensors = try [[1], [1], [1, 2, 3], [0, 0, 0], [0, 0, 0]].map { values in
      try Tensor(values.map(Float.init), shape: [values.count], on: backend)
    }
    let plan = try backend.plan(for: .sgd(sgd))
    try await withThrowingTaskGroup { group in
      for _ in 1...8 {
        group.addTask {
          let bound = try plan.bind(tensors.map(\.storage), scratch: nil, label: "sgd")
          for _ in 1...100 { try bound.enqueue() }
        }
      }
      try await group.waitForAll()
    }
    #expect(try tensors[3].floats() == [-800, -1_600, -2_400])
  }
}
