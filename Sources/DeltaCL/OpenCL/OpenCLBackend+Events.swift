public import OpenCL

/// What is ordered by events, and who waits for them.
extension OpenCLBackend {
  /// Enqueues an operation once `events` are complete, and gives the event of its end.
  ///
  /// - Parameters:
  ///   - operation: What a plan of this backend has bound.
  ///   - events: Events of other queues of the context. What this backend has enqueued before comes before anyway.
  /// - Returns: An event that is complete when the operation is.
  /// - Throws: ``DeltaCLError`` (`mismatch`) for an operation of another backend, (`outOfMemory`, `deviceFailure`) if the driver
  ///   refuses it.
  public func enqueue(_ operation: any BoundOperation, after events: [Event]) throws -> Event {
    guard let operation = operation as? OpenCLBoundOperation, operation.backend === self else {
      throw DeltaCLError(.mismatch, "an operation that another backend has bound cannot be enqueued on \(self)")
    }
    return try naming { try operation.enqueue(after: events) }
  }

  /// An event that is complete when all is that was enqueued before.
  ///
  /// - Throws: ``DeltaCLError`` (`outOfMemory`, `deviceFailure`) if the driver refuses it.
  public func enqueueMarker() throws -> Event {
    try naming { try queue.enqueueMarker() }
  }

  /// Has all that is enqueued later wait for `events`, which may be of other queues of the context.
  ///
  /// - Throws: ``DeltaCLError`` (`outOfMemory`, `deviceFailure`) if the driver refuses it.
  public func enqueueBarrier(after events: [Event]) throws {
    try naming { try queue.enqueueBarrier(after: events) }
  }

  /// Waits for an event, of whatever queue, without blocking a thread. A cancelled task goes on waiting.
  ///
  /// - Throws: What failed since the last wait.
  public func finished(_ event: Event) async throws {
    do {
      try await event.finished()
    } catch let error as OpenCLError {
      throw named(error)
    }
    try surface()
  }

  /// Waits for all that was enqueued before, without blocking a thread. A cancelled task goes on waiting.
  ///
  /// - Throws: What failed since the last wait.
  public func finished() async throws {
    try await finished(enqueueMarker())
  }

  /// Waits for all that was enqueued before, for `limit` at most.
  ///
  /// A kernel that hangs cannot be stopped: after that error the backend is of no more use, and whatever reads from it waits
  /// for ever.
  ///
  /// - Throws: ``DeltaCLError`` (`timeLimit`) if something still runs then; what failed since the last wait.
  public func finish(within limit: Duration) throws {
    guard try surfacing({ try queue.finish(within: limit) }) else {
      throw DeltaCLError(
        .timeLimit,
        "\(oldestCommand ?? "a command") on \(self) has not ended within \(limit): end the process, as it cannot be stopped"
      )
    }
  }

  /// Runs something that does not wait.
  private func naming<Result>(_ enqueue: () throws -> Result) throws -> Result {
    do {
      return try enqueue()
    } catch let error as OpenCLError {
      throw named(error)
    }
  }
}
