import DeltaCLData

/// What remains of a training that was stopped.
struct TrainingContinuation {
  /// The hyper-parameters as arguments of a run that does the rest; `nil` if nothing remains.
  let arguments: [String]?
  /// What that run does not resume, in words.
  let losses: String

  /// - Parameters:
  ///   - hyperparameters: Those of the run that was stopped.
  ///   - step: The steps that it has made.
  ///   - batchesPerEpoch: The steps of an epoch.
  init(_ hyperparameters: HyperparameterOptions, step: Int, batchesPerEpoch: Int) {
    // An epoch that was begun is made again as a whole: some of its images would otherwise be seen less often than others.
    let epochs = hyperparameters.epochs - step / batchesPerEpoch
    let steps = hyperparameters.maxSteps.map { $0 - step }
    arguments = epochs < 1 || steps ?? 1 < 1 ? nil : hyperparameters.arguments(epochs: epochs, maxSteps: steps)
    losses =
      (step.isMultiple(of: batchesPerEpoch) ? "" : "the epoch that was begun, ")
      + "momentum and the order of the images start over"
  }

  /// A folder beside `folder` that does not exist: training on into the same one would replace what is there.
  static func folder(after folder: String) -> String {
    var number = 2
    while FileSystem.exists("\(folder)-\(number)") { number += 1 }
    return "\(folder)-\(number)"
  }
}
