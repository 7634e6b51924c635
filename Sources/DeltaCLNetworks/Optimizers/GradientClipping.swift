/// How large a gradient may be when it changes parameters; the mean over the batches of a step is clipped.
public struct GradientClipping: Hashable, Sendable {
  /// The greatest magnitude of an element; `nil` for any. Elements are clipped first.
  public var value: Float?
  /// The greatest Euclidean norm of all gradients together; `nil` for any. Above it all are scaled down alike.
  public var norm: Float?

  /// Creates limits; without any gradients stay as they are.
  public init(value: Float? = nil, norm: Float? = nil) {
    self.value = value
    self.norm = norm
  }

  /// Throws if a limit is impossible.
  func validate() throws(TrainingError) {
    for (name, limit) in [("value", value), ("norm", norm)] {
      guard let limit else { continue }
      try TrainingError.require(
        limit.isFinite && limit > 0, "the clip \(name) must be a finite number above 0, not \(limit)")
    }
  }
}
