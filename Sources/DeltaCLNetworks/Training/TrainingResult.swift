/// How a training run ended.
public struct TrainingResult: Sendable {
  /// Every step and epoch.
  public let history: TrainingHistory
  /// The test images after the last step; `nil` if a request stopped the run.
  public let evaluation: Evaluation?

  /// Whether a ``StopRequest`` ended the run before its last step.
  public var isStopped: Bool { evaluation == nil }
}
