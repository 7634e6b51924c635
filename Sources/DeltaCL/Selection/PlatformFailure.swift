/// An OpenCL platform, or one of its devices, that cannot be used, and why.
public struct PlatformFailure: Hashable, Sendable, CustomStringConvertible {
  /// What failed, such as `platform 0 (Portable Computing Language)`.
  public let subject: String
  /// Why, and what to do, in one line.
  public let reason: String

  /// The subject and the reason.
  public var description: String { "\(subject): \(reason)" }
}
