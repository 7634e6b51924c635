import COpenCL
import Synchronization
import Testing

@testable import OpenCL

@Suite struct EventTests {
  let context: Context
  let queue: CommandQueue
  let buffer: Buffer

  init() throws {
    context = try Context(try testDevice())
    queue = try CommandQueue(context)
    buffer = try Buffer(context, byteCount: 64)
  }

  private func kernel(adding base: Int32) throws -> Kernel {
    let kernel = try Program(context, sources: [testSource]).kernel(named: "fill_indices")
    try kernel.setArguments(buffer, base)
    return kernel
  }

  @Test func commandsWaitForTheHost() async throws {
    let gate = try UserEvent(context)
    let event = try queue.enqueueWithEvent(kernel(adding: 3), globalSize: WorkSize(16), after: [gate.event])
    #expect(try !event.wait(atMost: .milliseconds(5)))
    #expect(try event.status() != .complete)
    try gate.complete()
    try gate.complete()
    try await event.finished()
    #expect(try event.wait(atMost: .zero))
    #expect(try queue.read(buffer, as: Int32.self, count: 2) == [3, 4])
    // Of an event that is complete already.
    try await event.finished()
  }

  @Test func anEventThatIsDroppedHoldsUpNobody() throws {
    let event = try queue.enqueueMarker(after: [UserEvent(context).event])
    try event.wait()
  }

  @Test func handlersAreCalledOnce() async throws {
    let gate = try UserEvent(context)
    let event = try queue.enqueueMarker(after: [gate.event])
    let calls = Mutex(0)
    async let isSuccess: Bool = withCheckedContinuation { continuation in
      do {
        try event.onCompletion { result in
          calls.withLock { $0 += 1 }
          continuation.resume(returning: (try? result.get()) != nil)
        }
      } catch {
        continuation.resume(returning: false)
      }
    }
    #expect(calls.withLock { $0 } == 0)
    try gate.complete()
    #expect(await isSuccess)
    #expect(calls.withLock { $0 } == 1)
  }

  @Test func queuesWaitForEachOther() throws {
    let other = try CommandQueue(context)
    let gate = try UserEvent(context)
    let first = try queue.enqueueWithEvent(kernel(adding: 1), globalSize: WorkSize(16), after: [gate.event])
    let second = try other.enqueueWithEvent(kernel(adding: 100), globalSize: WorkSize(8), after: [first])
    try gate.complete()
    try second.wait()
    #expect(try queue.read(buffer, as: Int32.self, count: 16) == [Int32](100..<108) + [Int32](9..<17))
  }

  @Test func eventsOfOtherCodeAreAwaited() throws {
    let handle = try #require(clCreateUserEvent(context.handle, nil))
    let event = try Event(retaining: handle)
    let marker = try queue.enqueueMarker(after: [event])
    #expect(try !marker.wait(atMost: .zero))
    clSetUserEventStatus(handle, CL_COMPLETE)
    clReleaseEvent(handle)
    try marker.wait()
  }

  @Test func aQueueThatHangsIsSaidToHang() throws {
    let gate = try UserEvent(context)
    weak var abandoned: CommandQueue?
    do {
      let other = try CommandQueue(context)
      _ = try other.enqueueMarker(after: [gate.event])
      #expect(try !other.finish(within: .milliseconds(5)))
      #expect(try !other.finish(within: .zero))
      abandoned = other
    }
    // Releasing it would wait.
    #expect(abandoned != nil)
    try gate.complete()
    #expect(try abandoned?.finish(within: .seconds(60)) == true)
    #expect(try queue.finish(within: .seconds(60)))
  }
}
