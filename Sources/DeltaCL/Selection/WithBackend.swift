/// Makes a backend the current one for the duration of a closure; scopes nest.
///
/// - Parameters:
///   - text: The selection, see ``Backends``.
///   - body: What sees the backend as ``Backends/current``.
/// - Throws: As ``Backends/select(_:)``, or what `body` throws.
public func withBackend<Result>(_ text: String, _ body: () throws -> Result) throws -> Result {
  try withBackend(Backends.select(text), body)
}

/// Makes a backend the current one for the duration of a closure; scopes nest.
public func withBackend<Result>(_ backend: any Backend, _ body: () throws -> Result) rethrows -> Result {
  try Backends.$scoped.withValue(backend, operation: body)
}

/// Makes a backend the current one for the duration of a closure, across its `await`s and in its child tasks; scopes nest.
///
/// - Parameters:
///   - text: The selection, see ``Backends``.
///   - body: What sees the backend as ``Backends/current``.
/// - Throws: As ``Backends/select(_:)``, or what `body` throws.
public nonisolated(nonsending) func withBackend<Result>(
  _ text: String, _ body: nonisolated(nonsending) () async throws -> Result
) async throws -> Result {
  try await withBackend(Backends.select(text), body)
}

/// Makes a backend the current one for the duration of a closure, across its `await`s and in its child tasks; scopes nest.
public nonisolated(nonsending) func withBackend<Result>(
  _ backend: any Backend, _ body: nonisolated(nonsending) () async throws -> Result
) async rethrows -> Result {
  try await Backends.$scoped.withValue(backend, operation: body)
}
