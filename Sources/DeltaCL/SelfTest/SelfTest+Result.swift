extension SelfTest {
  /// What is run: an operation by one of its plans, on a small shape.
  public struct Variant: Hashable, Sendable {
    /// The operation's name, see ``TensorOperation/name``.
    public let operation: String
    /// The operation's shapes, see ``TensorOperation/shapeText``.
    public let shape: String
    /// The plan; `nil` for operations that have one.
    public let choice: PlanChoice?
    let kernels: [KernelVariant]
    let index: Int

    init(_ tested: SelfTestCase, index: Int, kernels: [KernelVariant]? = nil) {
      operation = tested.operation.name
      shape = tested.operation.shapeText
      choice = tested.choice
      self.kernels = kernels ?? tested.kernels
      self.index = index
    }

    /// The operation and its plan, such as `convolution by direct, tile 6x2x16`.
    public var name: String { operation + (choice.map { " by \($0)" } ?? "") }
    /// The kernels that run, with the constants of their tiles.
    public var kernelNames: [String] { kernels.map(\.description) }

    /// Whether planning can leave it out.
    var isPlannedAround: Bool { choice != nil }
  }

  /// How a run ended.
  public enum Outcome: Hashable, Sendable {
    /// The results are right.
    case passed
    /// The results are wrong, or the driver failed; the text says how.
    case failed(String)
    /// The device has too little of something for a kernel, and said so; the text says of what.
    case refused(String)
    /// The run has not ended within so many seconds.
    case hung(seconds: Double)

    init(_ error: any Error) {
      self =
        switch error {
        case let flaw as SelfTestFlaw: .failed(flaw.reason)
        case let error as DeltaCLError where [.unsupportedKernel, .outOfMemory, .tooLarge].contains(error.code):
          .refused(error.message)
        default: .failed("\(error)")
        }
    }
  }

  /// A run and its end.
  public struct Result: Hashable, Sendable {
    /// What was run.
    public let variant: Variant
    /// How it ended.
    public let outcome: Outcome
    /// How long it took, compilation included.
    public let seconds: Double

    /// Creates a result, as of a run that does not end.
    public init(variant: Variant, outcome: Outcome, seconds: Double) {
      self.variant = variant
      self.outcome = outcome
      self.seconds = seconds
    }
  }
}

extension SelfTest.Outcome: CustomStringConvertible {
  /// `passed`, or what is wrong.
  public var description: String {
    switch self {
    case .passed: "passed"
    case .failed(let reason): reason
    case .refused(let reason): "refused: \(reason)"
    case .hung(let seconds): "it has not ended within \(seconds) s"
    }
  }

  /// `passed`, `failed`, `refused` or `hung`.
  public var name: String {
    switch self {
    case .passed: "passed"
    case .failed: "failed"
    case .refused: "refused"
    case .hung: "hung"
    }
  }
}
