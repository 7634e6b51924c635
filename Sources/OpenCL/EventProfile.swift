/// When a command passed each stage, in nanoseconds of the device's clock.
public struct EventProfile: Hashable, Sendable {
  /// When it was put in the queue.
  public let queued: UInt64
  /// When it was handed to the device.
  public let submitted: UInt64
  /// When it began to run.
  public let started: UInt64
  /// When it had finished.
  public let ended: UInt64

  /// The nanoseconds that it ran.
  public var duration: UInt64 { ended > started ? ended - started : 0 }
}
