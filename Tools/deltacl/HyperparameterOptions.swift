import ArgumentParser
import DeltaCLNetworks
import Foundation

/// The options of a training run that a `TrainingConfiguration` holds.
struct HyperparameterOptions: ParsableArguments {
  private static let defaults = TrainingConfiguration()

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How often every training image is seen (default: \(Self.defaults.epochs)).", valueName: "count"),
    transform: NumberOption.count)
  var epochs = Self.defaults.epochs

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The steps after which to stop, if the epochs do not end before.", valueName: "count"),
    transform: NumberOption.count)
  var maxSteps: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The images of a step (default: \(Self.defaults.batchSize)).", valueName: "count"),
    transform: NumberOption.count)
  var batchSize = Self.defaults.batchSize

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What a gradient is multiplied with in an update (default: \(Self.defaults.learningRate)).", valueName: "rate"),
    transform: NumberOption.positive)
  var learningRate = Self.defaults.learningRate

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The share of the last update that the next keeps, below 1 (default: \(Self.defaults.momentum)).",
      valueName: "share"),
    transform: NumberOption.share)
  var momentum = Self.defaults.momentum

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The L2 penalty: this much of a parameter is added to its gradient (default: \(Self.defaults.weightDecay)).",
      valueName: "penalty"),
    transform: NumberOption.nonnegative)
  var weightDecay = Self.defaults.weightDecay

  @Flag(help: "Use Nesterov's momentum.")
  var nesterov = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What initial weights and the order of the batches are drawn from (default: \(Self.defaults.seed)).",
      valueName: "number"),
    transform: NumberOption.seed)
  var seed = Self.defaults.seed

  @Flag(help: "Take the images in the data set's order in every epoch.")
  var noShuffle = false

  /// The options as a configuration.
  ///
  /// - Throws: `TrainingError` if a value is impossible.
  func configuration() throws -> TrainingConfiguration {
    var configuration = TrainingConfiguration()
    configuration.epochs = epochs
    configuration.maxSteps = maxSteps
    configuration.batchSize = batchSize
    configuration.learningRate = learningRate
    configuration.momentum = momentum
    configuration.weightDecay = weightDecay
    configuration.nesterov = nesterov
    configuration.seed = seed
    configuration.shuffles = !noShuffle
    try configuration.validate()
    return configuration
  }

  /// The options as command-line arguments, defaults left out, with other limits.
  func arguments(epochs: Int, maxSteps: Int?) -> [String] {
    let defaults = Self.defaults
    var arguments: [String] = []
    if epochs != defaults.epochs { arguments += ["--epochs", "\(epochs)"] }
    if let maxSteps { arguments += ["--max-steps", "\(maxSteps)"] }
    if batchSize != defaults.batchSize { arguments += ["--batch-size", "\(batchSize)"] }
    if learningRate != defaults.learningRate { arguments += ["--learning-rate", "\(learningRate)"] }
    if momentum != defaults.momentum { arguments += ["--momentum", "\(momentum)"] }
    if weightDecay != defaults.weightDecay { arguments += ["--weight-decay", "\(weightDecay)"] }
    if nesterov { arguments.append("--nesterov") }
    if seed != defaults.seed { arguments += ["--seed", "\(seed)"] }
    if noShuffle { arguments.append("--no-shuffle") }
    return arguments
  }
}

extension String {
  /// The text as one word of a POSIX shell.
  var quotedForShell: String {
    let isPlain =
      !isEmpty
      && unicodeScalars.allSatisfy {
        "a"..."z" ~= $0 || "A"..."Z" ~= $0 || "0"..."9" ~= $0 || "-_./:=".unicodeScalars.contains($0)
      }
    if isPlain { return self }
    if self == escapedForTerminal { return "'" + replacing("'", with: #"'\''"#) + "'" }
    // What must not reach a terminal, by bytes, which bash, zsh and POSIX of 2024 read in these quotes.
    return "$'"
      + utf8.map { byte in
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\\"): "\\" + String(UnicodeScalar(byte))
        case 0x20..<0x7F: String(UnicodeScalar(byte))
        default: String(format: "\\%03o", Int(byte))
        }
      }.joined() + "'"
  }
}
