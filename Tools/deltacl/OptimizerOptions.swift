import ArgumentParser
import DeltaCLNetworks

/// The options that say how gradients change parameters.
struct OptimizerOptions: ParsableArguments {
  enum Name: String, CaseIterable, ExpressibleByArgument {
    case sgd, adam, adamw, rmsprop, lion

    /// A rate that suits most networks.
    var learningRate: Float {
      switch self {
      case .sgd: TrainingConfiguration().learningRate
      case .adam, .adamw, .rmsprop: 1e-3
      case .lion: 1e-4
      }
    }

    /// The share of the last update that the next keeps; `nil` if it is none of the optimiser's values.
    var momentum: Float? {
      switch self {
      case .sgd: 0.9
      case .rmsprop: 0
      case .adam, .adamw, .lion: nil
      }
    }

    var weightDecay: Float { self == .adamw ? AdamW().weightDecay : 0 }
  }

  @Option(
    help: ArgumentHelp(
      "How gradients change parameters: \(Name.allValueStrings.joined(separator: ", ")) (default: sgd).",
      valueName: "name"))
  var optimizer: Name?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "What an update is multiplied with (default: \(Name.sgd.learningRate) for sgd, \(Name.lion.learningRate) for lion, "
        + "\(Name.adam.learningRate) for the others).", valueName: "rate"),
    transform: NumberOption.positive)
  var learningRate: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The share of the last update that the next keeps, below 1 (default: 0.9 for sgd, 0 for rmsprop).",
      valueName: "share"),
    transform: NumberOption.share)
  var momentum: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The L2 penalty: this much of a parameter is added to its gradient; for adamw and lion this much of it times the learning rate is "
        + "taken from it in an update (default: 0.01 for adamw, 0 for the others).", valueName: "penalty"),
    transform: NumberOption.nonnegative)
  var weightDecay: Float?

  @Flag(help: "Use Nesterov's momentum; for sgd.")
  var nesterov = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The greatest norm of all gradients together.", valueName: "norm"),
    transform: NumberOption.positive)
  var clipNorm: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The greatest magnitude of a gradient's element.", valueName: "limit"),
    transform: NumberOption.positive)
  var clipValue: Float?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Evaluate and save a moving average of the weights, of which a step keeps this share, such as 0.999.",
      valueName: "share"),
    transform: NumberOption.share)
  var ema: Float?

  /// The options in the order of their help.
  var options: [TrainingOption] {
    let name = optimizer ?? .sgd
    return [
      TrainingOption("--optimizer", optimizer?.rawValue, default: name.rawValue),
      TrainingOption("--learning-rate", learningRate, default: name.learningRate),
      TrainingOption("--momentum", momentum, default: name.momentum),
      TrainingOption("--weight-decay", weightDecay, default: name.weightDecay),
      TrainingOption("--nesterov", flag: nesterov), TrainingOption("--clip-norm", clipNorm),
      TrainingOption("--clip-value", clipValue), TrainingOption("--ema", ema),
    ]
  }

  /// Puts the options into a configuration.
  ///
  /// - Throws: ``CommandFailure`` for an option that the optimiser does not take.
  func configure(_ configuration: inout TrainingConfiguration) throws {
    let name = optimizer ?? .sgd
    guard momentum == nil || name.momentum != nil else { throw CommandFailure("\(name.rawValue) takes no --momentum") }
    guard !nesterov || name == .sgd else { throw CommandFailure("\(name.rawValue) takes no --nesterov") }
    let momentum = momentum ?? name.momentum ?? 0
    let weightDecay = weightDecay ?? name.weightDecay
    configuration.optimizer =
      switch name {
      case .sgd: SGD(momentum: momentum, weightDecay: weightDecay, nesterov: nesterov)
      case .adam: Adam(weightDecay: weightDecay)
      case .adamw: AdamW(weightDecay: weightDecay)
      case .rmsprop: RMSprop(momentum: momentum, weightDecay: weightDecay)
      case .lion: Lion(weightDecay: weightDecay)
      }
    configuration.learningRate = learningRate ?? name.learningRate
    configuration.clipping = GradientClipping(value: clipValue, norm: clipNorm)
    configuration.averageDecay = ema
  }
}
