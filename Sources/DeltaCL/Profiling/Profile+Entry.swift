extension Profile {
  /// One run of a call site: what it computes and the commands that did.
  public struct Entry: Hashable, Sendable {
    /// What was computed.
    public let work: Work
    /// In the order in which they ran; never empty.
    public let commands: [Command]

    /// Creates an entry.
    public init(_ work: Work, _ commands: [Command]) {
      self.work = work
      self.commands = commands
    }

    /// How long the commands ran, without the time between them.
    public var seconds: Double { commands.reduce(0) { $0 + $1.seconds } }
  }
}
