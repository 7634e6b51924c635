import OpenCL
import Testing

@testable import DeltaCL

/// Many threads that use two backends of one context, which other code made, at a time.
@Suite struct ThreadsTests {
  /// Calls of all threads together.
  private static let callCount = 1_200
  private static let threadCount = 8
  private static let count = 1_000

  /// What one thread does again and again. The results are the same wherever and whenever it runs.
  private struct Worker {
    let shared: SharedContext
    let backends: [OpenCLBackend]
    let convolution: Convolution
    let custom: CustomOperation
    var random: RandomValues
    var backend: OpenCLBackend
    /// Sums of the bits of all results.
    var digest: UInt64 = 0

    mutating func take(_ floats: [Float]) {
      for value in floats { digest = digest &* 31 &+ UInt64(value.bitPattern) }
    }

    mutating func call(_ kind: Int) throws {
      let count = ThreadsTests.count
      let values = random.floats(count)
      let x = try Tensor(values, shape: [count], on: backend)
      switch kind {
      case 0:
        let w = try Tensor(
          random.floats(convolution.kernelShape.elementCount), shape: convolution.kernelShape, on: backend)
        take(try backend.run(.convolution(convolution, bias: false), x, w)[0].floats())
      case 1:
        let y = try backend.run(.add(count: count), x, x)[0]
        take(try backend.run(.scale(count: count, factor: 0.3), y)[0].floats())
      case 2:
        take(
          try backend.run(.softmax(rows: 10, classes: 100), x)[0].withFloats { span in span.indices.map { span[$0] } })
      case 3:
        take(try backend.run(.custom(custom, ["count": count]), x)[0].floats())
      case 4:
        // From one queue to the other.
        let other = backend === backends[0] ? backends[1] : backends[0]
        let y = try Tensor(uninitialized: [count], on: other)
        let bound = try other.plan(for: .scale(count: count, factor: 7)).bind(
          [x.storage, y.storage], scratch: nil, label: "scale")
        let event = try other.enqueue(bound, after: [backend.enqueueMarker()])
        try event.wait()
        take(try y.floats())
      case 5:
        let memory = try shared.buffer(values)
        let buffer = try Buffer(retaining: memory, context: backend.context)
        shared.release(memory)
        let y = try Tensor(buffer, shape: [count], on: backend)
        take(try backend.run(.activation(.tanh, count: count), y)[0].floats())
      case 6:
        let memory = try HostMemory(byteCount: 4 * count)
        let y = try Tensor(wrapping: memory, shape: [count], on: backend)
        try backend.plan(for: .scale(count: count, factor: 0.1)).bind(
          [x.storage, y.storage], scratch: nil, label: "scale"
        ).enqueue()
        take(try y.withFloats { span in span.indices.map { span[$0] } })
      default:
        if digest % 3 == 0 { backend.allocator.trim() }
        try x.withMutableFloats { $0[0] = 1 }
        take(try x.view([10, 100]).floats())
      }
    }
  }

  private static func worker(_ number: Int, _ shared: SharedContext, _ backends: [OpenCLBackend]) throws -> Worker {
    let custom = try CustomOperation(
      "cube", [.read("x", ["count"]), .write("y", ["count"])],
      source: """
        kernel void cube(global const float *x, global float *y, int count)
        {
          const int at = get_global_id(0);
          if (at < count) y[at] = x[at] * x[at] * x[at];
        }
        """,
      launches: { axes in
        let count = try axes["count"]
        return [CustomLaunch("cube", ["x": "x", "y": "y", "count": .int(count)], globalSize: [count])]
      }, reference: { values in ["y": try values["x"].map { $0 * $0 * $0 }] })
    return Worker(
      shared: shared, backends: backends,
      convolution: try Convolution(batch: 1, inputSize: 10, inputChannels: 10, outputChannels: 4, kernelSize: 3),
      custom: custom, random: RandomValues(seed: UInt64(number)), backend: backends[number % 2])
  }

  /// The digests of all workers.
  private func run(_ shared: SharedContext, concurrently: Bool) async throws -> [UInt64] {
    let first = try shared.backend()
    let backends = [first, try OpenCLBackend(sharing: first)]
    let work = { @Sendable (number: Int) throws -> UInt64 in
      var worker = try Self.worker(number, shared, backends)
      for call in 0..<Self.callCount / Self.threadCount { try worker.call((call + number) % 8) }
      return worker.digest
    }
    guard concurrently else { return try (0..<Self.threadCount).map(work) }
    return try await withThrowingTaskGroup(of: (Int, UInt64).self) { group in
      for number in 0..<Self.threadCount { group.addTask { (number, try work(number)) } }
      var digests = [UInt64](repeating: 0, count: Self.threadCount)
      for try await (number, digest) in group { digests[number] = digest }
      return digests
    }
  }

  @Test func mixedCallsGiveTheSameBitsAndLeakNothing() async throws {
    let shared = try SharedContext()
    let before = shared.referenceCount
    let expected = try await run(shared, concurrently: false)
    #expect(Set(expected).count == Self.threadCount)
    #expect(shared.settles(at: before))
    #expect(try await run(shared, concurrently: true) == expected)
    #expect(shared.settles(at: before))
  }
}
