import ArgumentParser
import DeltaCLNetworks

/// The options of a training run that a `TrainingConfiguration` holds, those of the optimiser and the schedule aside.
struct HyperparameterOptions: ParsableArguments {
  private static let defaults = TrainingConfiguration()

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How often every training image is seen (default: \(Self.defaults.epochs)).", valueName: "count"),
    transform: NumberOption.count)
  var epochs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The steps after which to stop, if the epochs do not end before.", valueName: "count"),
    transform: NumberOption.count)
  var maxSteps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The images of a batch (default: \(Self.defaults.batchSize)).", valueName: "count"),
    transform: NumberOption.count)
  var batchSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The batches of a step, whose gradients are averaged (default: \(Self.defaults.accumulation)).",
      valueName: "count"),
    transform: NumberOption.count)
  var accumulate: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The share of each label that is spread over all classes (default: 0).", valueName: "share"),
    transform: NumberOption.share)
  var labelSmoothing: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The epochs in a row without a better accuracy of the evaluation after which to stop.", valueName: "count"),
    transform: NumberOption.count)
  var patience: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What initial weights and the order of the batches are drawn from (default: \(Self.defaults.seed)).",
      valueName: "number"),
    transform: NumberOption.seed)
  var seed: UInt64?

  @Flag(help: "Take the images in the data set's order in every epoch.")
  var noShuffle = false

  /// The options in the order of their help.
  var options: [TrainingOption] {
    [
      TrainingOption("--epochs", epochs, default: Self.defaults.epochs), TrainingOption("--max-steps", maxSteps),
      TrainingOption("--batch-size", batchSize, default: Self.defaults.batchSize),
      TrainingOption("--accumulate", accumulate, default: Self.defaults.accumulation),
      TrainingOption("--label-smoothing", labelSmoothing, default: Self.defaults.labelSmoothing),
      TrainingOption("--patience", patience),
      TrainingOption("--seed", seed, default: Self.defaults.seed),
      TrainingOption("--no-shuffle", flag: noShuffle),
    ]
  }

  /// The options as a configuration with the default optimiser and schedule.
  func configuration() -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.epochs = epochs ?? configuration.epochs
    configuration.maxSteps = maxSteps
    configuration.batchSize = batchSize ?? configuration.batchSize
    configuration.accumulation = accumulate ?? configuration.accumulation
    configuration.labelSmoothing = labelSmoothing ?? configuration.labelSmoothing
    configuration.patience = patience
    configuration.seed = seed ?? configuration.seed
    configuration.shuffles = !noShuffle
    return configuration
  }
}
