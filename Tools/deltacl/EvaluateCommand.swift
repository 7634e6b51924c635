import ArgumentParser
import DeltaCL
import DeltaCLData
import DeltaCLNetworks

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Measures a model on the test images of a data set.",
    discussion: """
      Prints the share of test images that the model classifies right, the share whose class is among its five likeliest \
      (of more than five classes), the mean loss, and for each class precision (the share of the images taken for it that are of it), \
      recall (the share of its images that are found) and F1, their harmonic mean; of more than \(TrainingText.classLimit) classes \
      for the \(TrainingText.worstCount) with the lowest F1. --json prints all of it and the confusion matrix: `confusion` has a row for each \
      true class and a column for each predicted one, with up to \(EvaluationReport.confusionLimit) classes. A class without images has no figures.

      Of class folders and \
      tables that have both, images for testing are taken, not those for validation while training. If they come in one \
      piece, it is the part that the training of the model did not see, which follows from the names of the files.

      Examples:

        deltacl evaluate runs/lenet-fashion-mnist/model.safetensors
        deltacl evaluate model.safetensors --dataset ~/mnist --json
        deltacl evaluate model.safetensors --dataset ~/other-photos --validation-split 1
        deltacl evaluate lenet.pth --network lenet --dataset ~/mnist --normalization 0.1307,0.3081
      """)

  @OptionGroup
  var model: ModelArgument

  @Option(
    help: ArgumentHelp(
      "The data set: fashion-mnist, digits, a folder or a table (default: the one that the model was trained on).",
      valueName: "name"))
  var dataset: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The share of each class to evaluate on, if class folders or a table come in one piece; 1 for all (default: as the model "
        + "was trained).", valueName: "share"),
    transform: NumberOption.shareOrAll)
  var validationSplit: Double?

  @Option(help: ArgumentHelp("What becomes of image files that cannot be read: fail or skip.", valueName: "what"))
  var badImages = BadImages.fail

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup
  var device: DeviceOption

  func validate() throws {
    if let validationSplit, !(validationSplit > 0 && validationSplit <= 1) {
      throw ValidationError("--validation-split must be above 0 and at most 1, not \(validationSplit)")
    }
  }

  func run() throws {
    let (checkpoint, network, parameters) = try model.load { try device.backend(announces: true) }
    let data = try testSet(for: checkpoint)
    guard data.classNames.count <= network.classes else {
      throw CommandFailure(
        "\(data.name) has \(data.classNames.count) classes and \(model.model) tells \(network.classes) apart; "
          + "choose the data set that it was trained on, \(checkpoint.datasetName)")
    }
    if !checkpoint.datasetName.isEmpty, data.classNames != checkpoint.classNames {
      Output.message(
        "\(model.model.escapedForTerminal) was trained on \(checkpoint.datasetName.escapedForTerminal), whose classes are not "
          + "those of \(data.name.escapedForTerminal): label 0 counts as "
          + "\((checkpoint.classNames.first ?? "class 0").escapedForTerminal), and so on")
    }
    guard data.images.count > 0 else { throw CommandFailure("\(data.name) has no test image") }
    let evaluation = try Evaluator(network, parameters).evaluate(
      data.images, normalization: checkpoint.normalization)
    guard evaluation.loss.isFinite else {
      throw CommandFailure(
        "\(model.model): the model's test loss is \(evaluation.loss): its parameters are finite and what it computes from them is "
          + "not; train it again at a lower learning rate")
    }
    guard json else { return try TrainingText.printEvaluation(evaluation, classNames: checkpoint.classNames) }
    try Output.json(EvaluationReport(evaluation, dataset: data.name, classNames: checkpoint.classNames))
  }

  private func testSet(for checkpoint: Checkpoint) throws -> TestSet {
    // Weights of another program come without the name of a data set.
    guard let dataset = dataset ?? (checkpoint.datasetName.isEmpty ? nil : checkpoint.datasetName) else {
      throw CommandFailure("\(model.model): does not say on what it was trained; name a data set by --dataset")
    }
    var validation = checkpoint.validation ?? .standard
    if let validationSplit { validation = try ValidationSplit(share: validationSplit, seed: validation.seed) }
    let data = try TestSet.load(
      dataset, validation: validation, classNames: checkpoint.classNames)
    // Those that fail are named when they are reached.
    return badImages == .fail ? data : data.replacing(images: try badImages.check(data.images))
  }
}
