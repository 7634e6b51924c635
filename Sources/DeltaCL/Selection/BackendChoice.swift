/// What a selection took, and why.
public struct BackendChoice: Sendable {
  /// What was taken.
  public let candidate: BackendCandidate
  /// One sentence for a person, such as `auto: the only OpenCL device`.
  public let reason: String
}
