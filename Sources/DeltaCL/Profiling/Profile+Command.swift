extension Profile {
  /// One command: a kernel's launch or a transfer.
  public struct Command: Hashable, Sendable {
    /// The kernel's name, or `write` for a transfer from the host.
    public let name: String
    /// When it began, in nanoseconds of the device's clock.
    public let start: UInt64
    /// When it had finished, in nanoseconds of the device's clock.
    public let end: UInt64

    /// Creates a command; an `end` before `start`, which drivers have been seen to report, counts as no time.
    public init(name: String, start: UInt64, end: UInt64) {
      self.name = name
      self.start = start
      self.end = max(start, end)
    }

    /// How long it ran.
    public var seconds: Double { Double(end - start) * 1e-9 }
  }
}
