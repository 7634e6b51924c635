import COpenCL
import OpenCL
import Testing

@testable import DeltaCL

/// Contexts, queues and buffers of other code.
@Suite struct SharingTests {
  let shared: SharedContext

  init() throws {
    shared = try SharedContext()
  }

  @Test func tensorsLieInBuffersOfOtherCode() throws {
    let before = shared.referenceCount
    let x = try shared.buffer([1, 2, 3, 4]), y = try shared.buffer([0, 0, 0, 0])
    do {
      let backend = try shared.backend()
      let a = try Tensor(Buffer(retaining: x, context: backend.context), shape: [4], on: backend)
      let b = try Tensor(Buffer(retaining: y, context: backend.context), shape: [2, 2], on: backend)
      let plan = try backend.plan(for: .scale(count: 4, factor: 3))
      try plan.bind([a.storage, b.storage], scratch: nil, label: "scale").enqueue()
      // On the same queue, so that nobody has to wait.
      #expect(shared.floats(y, count: 4) == [3, 6, 9, 12])
      #expect(try b.floats() == [3, 6, 9, 12])
      #expect(backend.allocator.statistics.inUseBytes == 0)
    }
    clReleaseMemObject(x)
    clReleaseMemObject(y)
    #expect(shared.settles(at: before))
  }

  @Test func tensorsBeginWhereTheyAreTold() throws {
    let backend = try shared.backend()
    let step = backend.alignmentBytes / 4
    let memory = try shared.buffer((0..<4 * step).map { Float($0) })
    defer { clReleaseMemObject(memory) }
    let buffer = try Buffer(retaining: memory, context: backend.context)
    let tensor = try Tensor(buffer, offset: 4 * step, shape: [2], on: backend)
    #expect(try tensor.floats() == [Float(step), Float(step + 1)])
    // Within a view as well.
    let view = try buffer.subBuffer(offset: 4 * step, byteCount: 12 * step)
    #expect(try Tensor(view, offset: 4 * step, shape: [1], on: backend).floats() == [Float(2 * step)])
    #expect(try Tensor(buffer, offset: 16 * step, shape: [0], on: backend).floats().isEmpty)
    expectError(.mismatch, naming: "\(16 * step) bytes", "from byte \(4 * step)", "larger") {
      try Tensor(buffer, offset: 4 * step, shape: [4 * step], on: backend)
    }
    expectError(.mismatch, naming: "byte 4 ", "multiples of \(4 * step) bytes") {
      try Tensor(buffer, offset: 4, shape: [1], on: backend)
    }
    expectError(.mismatch) { try Tensor(buffer, offset: -4 * step, shape: [1], on: backend) }
    let other = try OpenCLBackend(Context(shared.device))
    expectError(.mismatch, naming: "another context") { try Tensor(buffer, shape: [1], on: other) }
    expectError(.mismatch, naming: "another context") { try OpenCLBackend(other.context, queue: backend.queue) }
  }

  @Test func kernelsUseBuffersAsTheirFlagsSay() throws {
    let backend = try shared.backend()
    func tensor(_ flags: Int32) throws -> Tensor {
      let memory = try shared.buffer([1, 2], flags: flags)
      defer { clReleaseMemObject(memory) }
      return try Tensor(Buffer(retaining: memory, context: backend.context), shape: [2], on: backend)
    }
    let source = try tensor(CL_MEM_READ_ONLY), result = try tensor(CL_MEM_WRITE_ONLY)
    let plan = try backend.plan(for: .copy(count: 2))
    try plan.bind([source.storage, result.storage], scratch: nil, label: "copy").enqueue()
    #expect(try result.floats() == [1, 2])
    expectError(.mismatch, naming: "copy: y", "only read", "CL_MEM_READ_WRITE") {
      try plan.bind([source.storage, source.storage], scratch: nil, label: "copy")
    }
    expectError(.mismatch, naming: "copy: x", "only write") {
      try plan.bind([result.storage, result.storage], scratch: nil, label: "copy")
    }
  }

  @Test func theBufferOfATensorIsForOtherCode() throws {
    let backend = try shared.backend()
    var tensor: Tensor? = try Tensor([1, 2, 3], shape: [3], on: backend)
    let buffer = try #require(tensor?.buffer)
    let memory = buffer.handle
    #expect(shared.floats(memory, count: 3) == [1, 2, 3])
    clRetainMemObject(memory)
    tensor = nil
    // Neither freed nor handed out again.
    _ = try Tensor([4, 5, 6], shape: [3], on: backend)
    #expect(shared.floats(memory, count: 3) == [1, 2, 3])
    clReleaseMemObject(memory)
    #expect(try Tensor([1], shape: [1], on: ReferenceBackend()).buffer == nil)
  }

  /// Whoever lets go first, and in whatever order.
  @Test func lifetimesMayInterleave() throws {
    var other: SharedContext? = try SharedContext()
    let memory = try #require(try other?.buffer([5, 6]))
    var backend = try other?.backend()
    let buffer = try Buffer(retaining: memory, context: #require(backend).context)
    clReleaseMemObject(memory)
    let x = try Tensor(buffer, shape: [2], on: #require(backend))
    other = nil
    weak let gone = backend
    backend = nil
    // Tensors keep their backend.
    #expect(gone != nil)
    let y = try #require(gone).run(.scale(count: 2, factor: 2), x)[0]
    #expect(try y.floats() == [10, 12])
    #expect(try x.floats() == [5, 6])
  }

  @Test func operationsKeepWhatTheyUse() throws {
    let before = shared.referenceCount
    for order in 0..<3 {
      var backend: OpenCLBackend? = try shared.backend()
      var bound: (any BoundOperation)?
      do {
        let current = try #require(backend)
        var x: Tensor? = try Tensor([1, 2], shape: [2], on: current)
        let y = try Tensor(uninitialized: [2], on: current)
        bound = try current.plan(for: .copy(count: 2)).bind(
          [#require(x).storage, y.storage], scratch: nil, label: "copy")
        if order == 0 { backend = nil }
        x = nil
        // The operation keeps what it reads: this may not take its place.
        let z = try Tensor([7, 8], shape: [2], on: current)
        try bound?.enqueue()
        #expect(try y.floats() == [1, 2] && z.floats() == [7, 8])
        if order == 1 { bound = nil }
      }
      backend = nil
      bound = nil
    }
    #expect(shared.settles(at: before))
  }

  @Test func viewsShareElements() throws {
    let backend = try shared.backend()
    let step = backend.storageAlignment
    let tensor = try Tensor((0..<3 * step).map { Float($0) }, shape: [3, step], on: backend)
    let row = try tensor.view([step, 1], offset: step)
    #expect(try row.floats().first == Float(step))
    try row.write([Float](repeating: -1, count: step))
    #expect(try tensor.view([3 * step]).floats()[step - 1...step] == [Float(step - 1), -1])
    expectError(.mismatch, naming: "does not lie within") { try tensor.view([3 * step], offset: step) }
    expectError(.mismatch, naming: "multiple of \(step)") { try tensor.view([1], offset: 1) }
  }
}
