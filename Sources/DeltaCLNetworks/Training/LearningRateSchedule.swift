import Foundation

/// How the learning rate changes over a run: a factor for every step, as PyTorch's schedulers of the same names have it.
///
/// A warm-up may come before any form: in step `n` of `warmupSteps`, counted from 1, the rate is `n / warmupSteps` of the first one, and
/// the form begins after it.
public struct LearningRateSchedule: Hashable, Sendable, CustomStringConvertible {
  /// The course of the rate after the warm-up.
  public enum Form: Hashable, Sendable {
    /// The rate stays.
    case constant
    /// The rate is multiplied with the factor after every so many epochs.
    case step(epochs: Int, factor: Float)
    /// The rate is multiplied with the factor after each epoch.
    case exponential(factor: Float)
    /// The rate falls to 0 along half a cosine. Ilya Loshchilov and Frank Hutter, "SGDR: stochastic gradient descent with warm restarts",
    /// ICLR 2017.
    case cosine
    /// From a twenty-fifth the rate rises along a cosine for three tenths of the steps, and falls to a 250,000th in the rest. Leslie N.
    /// Smith and Nicholay Topin, "Super-convergence: very fast training of neural networks using large learning rates", 2018.
    case oneCycle
    /// The rate is multiplied with the factor after more than `patience` evaluations in a row whose loss is not at least a ten-thousandth
    /// below the lowest.
    case plateau(patience: Int, factor: Float)
  }

  /// The course of the rate after the warm-up.
  public var form: Form
  /// The steps of the warm-up; 0 for none.
  public var warmupSteps: Int

  /// Creates a schedule; by default the rate stays.
  public init(_ form: Form = .constant, warmupSteps: Int = 0) {
    self.form = form
    self.warmupSteps = warmupSteps
  }

  /// The schedule with its values.
  public var description: String {
    let text =
      switch form {
      case .constant: "constant"
      case .step(let epochs, let factor): "step, times \(factor) after every \(epochs) epochs"
      case .exponential(let factor): "exponential, times \(factor) after each epoch"
      case .cosine: "cosine"
      case .oneCycle: "one-cycle"
      case .plateau(let patience, let factor): "plateau, times \(factor) with a patience of \(patience)"
      }
    return warmupSteps == 0 ? text : "\(text), after a warm-up of \(warmupSteps) steps"
  }

  /// Whether the rates of a run depend on how many steps it has.
  public var dependsOnStepCount: Bool { form == .cosine || form == .oneCycle }

  /// What the learning rate is multiplied with in a step.
  ///
  /// - Parameters:
  ///   - step: The step, counted from 0.
  ///   - stepCount: The steps of the run.
  ///   - stepsPerEpoch: The steps of an epoch.
  ///   - losses: The losses of the evaluations that were made before the step.
  public func factor(step: Int, stepCount: Int, stepsPerEpoch: Int, losses: [Float]) -> Double {
    guard step >= warmupSteps else {
      let first = Self(form).factor(step: 0, stepCount: stepCount, stepsPerEpoch: stepsPerEpoch, losses: losses)
      return first * Double(step + 1) / Double(warmupSteps)
    }
    let step = step - warmupSteps
    switch form {
    case .constant:
      return 1
    case .step(let epochs, let factor):
      return pow(Double(factor), Double(step / max(stepsPerEpoch, 1) / max(epochs, 1)))
    case .exponential(let factor):
      return pow(Double(factor), Double(step / max(stepsPerEpoch, 1)))
    case .cosine:
      return Self.cosine(from: 1, to: 0, Double(step) / Double(max(stepCount - warmupSteps, 1)))
    case .oneCycle:
      return Self.oneCycle(step: Double(step), stepCount: Double(stepCount - warmupSteps))
    case .plateau(let patience, let factor):
      return Self.plateau(losses, patience: patience, factor: Double(factor))
    }
  }

  private static func cosine(from start: Double, to end: Double, _ share: Double) -> Double {
    end + (start - end) / 2 * (1 + cos(.pi * share))
  }

  private static func oneCycle(step: Double, stepCount: Double) -> Double {
    let (start, end) = (1.0 / 25, 1.0 / 25 / 1e4)
    let (top, last) = (0.3 * stepCount - 1, stepCount - 1)
    if step <= top { return cosine(from: start, to: 1, top > 0 ? step / top : 1) }
    return cosine(from: 1, to: end, (step - max(top, 0)) / max(last - max(top, 0), 1))
  }

  private static func plateau(_ losses: [Float], patience: Int, factor: Double) -> Double {
    var (best, waited, product) = (Double.infinity, 0, 1.0)
    for loss in losses.map(Double.init) {
      if loss < best * (1 - 1e-4) {
        (best, waited) = (loss, 0)
      } else {
        waited += 1
      }
      if waited > patience {
        product *= factor
        waited = 0
      }
    }
    return product
  }

  /// Throws if a value is impossible.
  func validate() throws(TrainingError) {
    try TrainingError.require(warmupSteps >= 0, "the number of warmup steps must be at least 0, not \(warmupSteps)")
    switch form {
    case .constant, .cosine, .oneCycle:
      return
    case .step(let epochs, let factor):
      try Self.requireAtLeast1(epochs)
      try Self.requireFactor(factor)
    case .exponential(let factor):
      try Self.requireFactor(factor)
    case .plateau(let patience, let factor):
      try Self.requireAtLeast1(patience)
      try Self.requireFactor(factor)
    }
  }

  private static func requireAtLeast1(_ epochs: Int) throws(TrainingError) {
    try TrainingError.require(epochs >= 1, "the schedule epochs must be at least 1, not \(epochs)")
  }

  private static func requireFactor(_ factor: Float) throws(TrainingError) {
    try TrainingError.require(
      factor > 0 && factor < 1, "the schedule factor must be above 0 and below 1, not \(factor)")
  }

  /// Throws if a run ends before the schedule has changed anything, or before its warm-up.
  ///
  /// - Parameter stepCount: The steps of the run.
  func requireReached(stepCount: Int, stepsPerEpoch: Int) throws(TrainingError) {
    try TrainingError.require(
      warmupSteps < stepCount,
      "the warm-up of \(warmupSteps) steps does not end in a run of \(stepCount): use fewer warm-up steps or more epochs"
    )
    let epochs: Int? =
      switch form {
      case .constant, .cosine, .oneCycle: nil
      case .step(let epochs, _): epochs
      case .exponential: 1
      // The first evaluation is the one that the others are compared with.
      case .plateau(let patience, _): patience < .max - 1 ? patience + 2 : patience
      }
    guard let epochs else { return }
    let (steps, overflow) = epochs.multipliedReportingOverflow(by: stepsPerEpoch)
    try TrainingError.require(
      !overflow && steps < stepCount - (isPlateau ? 0 : warmupSteps),
      "the schedule \(self) changes nothing before \(epochs) epochs of \(stepsPerEpoch) steps, and the run has \(stepCount) steps: "
        + "train for more epochs or use another schedule")
  }

  private var isPlateau: Bool { if case .plateau = form { true } else { false } }
}
