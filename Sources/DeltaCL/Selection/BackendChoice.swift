/// What a selection took, and why.
public struct BackendChoice: Sendable {
  /// What was taken.
  public let candidate: BackendCandidate
  /// One sentence for a person, such as `auto: the only OpenCL device`.
  public let reason: String
  /// Whether it is the reference backend because no device could be used.
  public let isFallback: Bool
  /// The platforms and devices that could not be considered, and why.
  public let failures: [PlatformFailure]
}
