import ArgumentParser
import DeltaCLNetworks

/// The options that say how the learning rate changes over a run.
struct ScheduleOptions: ParsableArguments {
  enum Name: String, CaseIterable, ExpressibleByArgument {
    case constant, step, exponential, cosine
    case oneCycle = "one-cycle"
    case plateau

    /// What the rate is multiplied with; `nil` if the schedule has no such factor.
    var factor: Float? {
      switch self {
      case .constant, .cosine, .oneCycle: nil
      case .exponential: 0.9
      case .step, .plateau: 0.1
      }
    }

    /// The epochs from one change to the next; `nil` if there are none to choose.
    var epochs: Int? {
      switch self {
      case .step, .plateau: 2
      case .constant, .exponential, .cosine, .oneCycle: nil
      }
    }
  }

  @Option(
    help: ArgumentHelp(
      "How the learning rate changes: \(Name.allValueStrings.joined(separator: ", ")) (default: constant).",
      valueName: "name"))
  var schedule: Name?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The epochs from one change to the next for step, and those without a lower loss that plateau accepts (default: 2).",
      valueName: "count"),
    transform: NumberOption.count)
  var scheduleEpochs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What step, exponential and plateau multiply the rate with (default: 0.9 for exponential, 0.1 for the others).",
      valueName: "factor"),
    transform: NumberOption.share)
  var scheduleFactor: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The steps in which the learning rate rises to its first value, before the schedule (default: 0).",
      valueName: "count"),
    transform: NumberOption.nonnegativeCount)
  var warmupSteps: Int?

  /// The options in the order of their help.
  var options: [TrainingOption] {
    let name = schedule ?? .constant
    return [
      TrainingOption("--schedule", schedule?.rawValue, default: name.rawValue),
      TrainingOption("--schedule-epochs", scheduleEpochs, default: name.epochs),
      TrainingOption("--schedule-factor", scheduleFactor, default: name.factor),
      TrainingOption("--warmup-steps", warmupSteps, default: 0),
    ]
  }

  /// The options as a schedule.
  ///
  /// - Throws: ``CommandFailure`` for an option that the schedule does not take.
  func learningRateSchedule() throws -> LearningRateSchedule {
    let name = schedule ?? .constant
    guard scheduleEpochs == nil || name.epochs != nil else {
      throw CommandFailure("the schedule \(name.rawValue) takes no --schedule-epochs")
    }
    guard scheduleFactor == nil || name.factor != nil else {
      throw CommandFailure("the schedule \(name.rawValue) takes no --schedule-factor")
    }
    let (epochs, factor) = (scheduleEpochs ?? name.epochs ?? 1, scheduleFactor ?? name.factor ?? 1)
    let form: LearningRateSchedule.Form =
      switch name {
      case .constant: .constant
      case .step: .step(epochs: epochs, factor: factor)
      case .exponential: .exponential(factor: factor)
      case .cosine: .cosine
      case .oneCycle: .oneCycle
      case .plateau: .plateau(patience: epochs, factor: factor)
      }
    return LearningRateSchedule(form, warmupSteps: warmupSteps ?? 0)
  }
}
