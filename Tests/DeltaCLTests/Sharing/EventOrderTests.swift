import OpenCL
import Testing

@testable import DeltaCL

/// What events order, and who waits for them.
@Suite struct EventOrderTests {
  let backend: OpenCLBackend

  init() throws {
    backend = try #require(TestDevice.newBackend() as? OpenCLBackend)
  }

  private func scale(_ x: Tensor, by factor: Float, into y: Tensor, on backend: OpenCLBackend) throws
    -> any BoundOperation
  {
    try backend.plan(for: .scale(count: x.shape.elementCount, factor: factor))
      .bind([x.storage, y.storage], scratch: nil, label: "scale")
  }

  @Test func operationsWaitForEvents() async throws {
    let x = try Tensor([1, 2], shape: [2], on: backend), y = try Tensor([0, 0], shape: [2], on: backend)
    let gate = try UserEvent(backend.context)
    let event = try backend.enqueue(scale(x, by: 3, into: y, on: backend), after: [gate.event])
    expectError(.timeLimit, naming: "scale", "has not ended within") { try backend.finish(within: .milliseconds(5)) }
    try gate.complete()
    try await backend.finished(event)
    #expect(try event.status() == .complete)
    #expect(try y.floats() == [3, 6])
    try await backend.finished()
    try backend.finish(within: .seconds(60))
  }

  @Test func backendsOfOneContextTakeEachOthersTensors() throws {
    let other = try OpenCLBackend(sharing: backend)
    let x = try Tensor([1, 2], shape: [2], on: backend), y = try Tensor([0, 0], shape: [2], on: backend)
    let z = try Tensor([0, 0], shape: [2], on: other)
    try other.finish()
    let gate = try UserEvent(backend.context)
    let first = try backend.enqueue(scale(x, by: 3, into: y, on: backend), after: [gate.event])
    try other.enqueueBarrier(after: [first])
    try scale(y, by: 5, into: z, on: other).enqueue()
    try gate.complete()
    #expect(try z.floats() == [15, 30])
    // One program serves both.
    #expect(try backend.plan(for: .copy(count: 2)).summary == other.plan(for: .copy(count: 2)).summary)
  }

  /// Memory that another queue may use is not handed out when its tensor is dropped.
  @Test func whatAnotherQueueUsesIsNotReused() throws {
    let other = try OpenCLBackend(sharing: backend)
    let y = try Tensor([0, 0], shape: [2], on: other)
    let gate = try UserEvent(backend.context)
    do {
      let x = try Tensor([1, 2], shape: [2], on: backend)
      let written = try backend.enqueueMarker()
      _ = try other.enqueue(scale(x, by: 2, into: y, on: other), after: [gate.event, written])
    }
    let next = try Tensor([7, 8], shape: [2], on: backend)
    try backend.finish()
    try gate.complete()
    #expect(try y.floats() == [2, 4])
    #expect(try next.floats() == [7, 8])
  }

  @Test func strangersAreRefused() throws {
    let other = try OpenCLBackend(sharing: backend)
    let x = try Tensor([1], shape: [1], on: backend), y = try Tensor([1], shape: [1], on: backend)
    let bound = try scale(x, by: 2, into: y, on: backend)
    expectError(.mismatch, naming: "another backend") { try other.enqueue(bound, after: []) }
    let reference = ReferenceBackend()
    let elsewhere = try Tensor([1], shape: [1], on: reference)
    let copy = try reference.plan(for: .copy(count: 1)).bind(
      [elsewhere.storage, elsewhere.storage], scratch: nil, label: "copy")
    expectError(.mismatch, naming: "another backend") { try backend.enqueue(copy, after: []) }
    expectError(.mismatch, naming: "another backend") { try scale(elsewhere, by: 1, into: y, on: backend) }
    let context = try #require(TestDevice.newBackend() as? OpenCLBackend).context
    let event = try CommandQueue(context).enqueueMarker()
    expectError(.deviceFailure, naming: "scale", "CL_INVALID_CONTEXT") { try backend.enqueue(bound, after: [event]) }
  }
}
