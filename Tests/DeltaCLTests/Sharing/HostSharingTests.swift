import OpenCL
import Testing

@testable import DeltaCL

/// Tensors as the host sees them.
@Suite struct HostSharingTests {
  let backend: OpenCLBackend

  init() throws {
    backend = try #require(TestDevice.newBackend() as? OpenCLBackend)
  }

  @Test func hostMemoryIsATensor() throws {
    let memory = try HostMemory(byteCount: 4 << 10)
    let x = try Tensor(wrapping: memory, shape: [1 << 10], on: backend)
    try x.withMutableFloats { elements in
      for index in elements.indices { elements[index] = Float(index) }
    }
    let y = try backend.run(.scale(count: 1 << 10, factor: 2), x)[0]
    #expect(try y.floats() == (0..<1024).map { Float(2 * $0) })
    let plan = try backend.plan(for: .fill(count: 1 << 10, value: 3))
    try plan.bind([x.storage], scratch: nil, label: "fill").enqueue()
    try backend.finish()
    if backend.device.hasHostUnifiedMemory {
      // The kernel has written where the host reads.
      #expect(memory.withUnsafeBytes { $0.bindMemory(to: Float.self).allSatisfy { $0 == 3 } })
      let address = memory.withUnsafeBytes { UnsafeRawPointer($0.baseAddress) }
      #expect(try x.storage.withBytes { UnsafeRawPointer($0.baseAddress) } == address)
    }
    #expect(backend.allocator.statistics.peakBytes == 4 << 10)
    expectError(.mismatch, naming: "takes 8 bytes", "not 4096") {
      try Tensor(wrapping: memory, shape: [2], on: backend)
    }
  }

  @Test(arguments: ["device", "reference"]) func spansAreTheElements(_ name: String) throws {
    let backend: any Backend = name == "device" ? backend : ReferenceBackend()
    let x = try Tensor([1, 2, 3], shape: [3], on: backend)
    try x.withMutableFloats { $0[1] = 5 }
    #expect(try x.withFloats { $0[0] + $0[1] } == 6)
    #expect(try x.floats() == [1, 5, 3])
    let integers = try Tensor([7, 8] as [Int32], shape: [2], on: backend)
    try integers.withMutableInt32s { $0[0] = 1 }
    #expect(try integers.withInt32s { Int($0[0] + $0[1]) } == 9)
    expectError(.mismatch, naming: "int32", "float32") { try integers.withFloats { _ in } }
    expectError(.mismatch, naming: "int32", "float32") { try x.withMutableInt32s { _ in } }
    #expect(try Tensor(uninitialized: [0], on: backend).withFloats { $0.count } == 0)
    try Tensor(uninitialized: [0], .int32, on: backend).withMutableInt32s { #expect($0.count == 0) }
  }

  @Test func anAllocatorServesABackend() throws {
    let statistics = { backend.allocator.statistics }
    let operation = TensorOperation.scale(count: 1_000, factor: 2)
    let x = try Tensor([Float](repeating: 1, count: 1_000), shape: [1_000], on: backend)
    for _ in 0..<5 { #expect(try backend.run(operation, x)[0].floats()[999] == 2) }
    #expect(statistics().allocationCount == 6 && statistics().reuseCount == 4)
    #expect(statistics().inUseBytes == 4_000 && statistics().cachedBytes == 4_000)
    #expect(backend.allocator.trim() == 4_000)
    backend.allocator.limit = 7_999
    expectError(.outOfMemory, naming: "4000 bytes", "of 7999 bytes", "smaller batch") { try backend.run(operation, x) }
    backend.allocator.limit = 8_000
    #expect(throws: Never.self) { try backend.run(operation, x) }
  }
}
