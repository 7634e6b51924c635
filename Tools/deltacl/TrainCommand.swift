import ArgumentParser
import DeltaCL
import DeltaCLData
import DeltaCLNetworks
import DeltaCLSystem

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network on a data set.",
    discussion: """
      Trains with the optimiser and the schedule that are chosen and writes to the output folder after each epoch: \
      model.safetensors and best.safetensors (the model with the best accuracy so far), last.safetensors (all that a \
      training needs to go on), metrics.jsonl (a line per step and per epoch), curves.svg (loss and accuracy, for a browser) and recipe.json (the options). \
      Files of an earlier run are replaced, each as a whole and all at once; the test figures of \
      an epoch are added when it is evaluated. The folder is locked against a second training. If standard output \
      cannot be written, the training goes on without it and exits with status 1.

      What is evaluated after an epoch are the test images or, with --validation-split, training images that are set apart; \
      the test images then only show at the end how well the best model does. Class folders and tables that come in one piece \
      are parted into images to train on and to test on.

      Data sets are fashion-mnist (Debian's dataset-fashion-mnist), digits (8x8 digits, part of this command), or images \
      of your own: a folder with a folder of images for each class, all in one or in train and val, a table of paths and \
      classes that ends in .csv, or the files of MNIST, EMNIST or CIFAR; `deltacl datasets --help` describes them. Images \
      are read while the network trains, so that memory holds a few batches of them. They are resized until the shorter \
      side fits the network and cut at the centre, and normalised by the means and deviations of the training images.

      The same arguments give the same model on the same device, bit for bit.

      --recipe FILE takes options from a JSON object, such as {"dataset": "digits", "epochs": 20, "nesterov": true}: the names \
      of the long options, with numbers, texts, and true for those without a value. Options on the command line come before \
      those of the file. With the recipe.json of a training it gives the same model again; paths in it are as they were given.

      Ctrl-C finishes the step, writes the files and exits with status 130 (SIGTERM: 143, SIGHUP: 129); a second one leaves \
      at once. --resume FOLDER goes on from last.safetensors in that folder, after a stop, a kill or a power failure, and the \
      outcome is that of a training that was never stopped, bit for bit on the same device. All options are those of the \
      start; --epochs, --max-steps and --patience may be greater, --device and the path of the data set others.

      Examples:

        deltacl train
        deltacl train --dataset digits --epochs 20 --output runs/digits
        deltacl train --optimizer adamw --schedule cosine --warmup-steps 500 --epochs 10
        deltacl train --resume runs/lenet-fashion-mnist
        deltacl train --recipe runs/digits/recipe.json --seed 2 --output runs/digits-2
        deltacl train --max-steps 20 --profile trace.json
        deltacl train --dataset ~/mnist --batch-size 128 --device gpu
        deltacl train --network resnet18 --dataset ~/photos --augment crop,flip,colour --validation-split 0.1
        deltacl train --initial-weights model.safetensors --learning-rate 0.001
        deltacl train --network resnet18 --dataset ~/mnist --initial-weights resnet18.pth --new-head
      """)

  private static let defaults = (network: "lenet", dataset: "fashion-mnist")

  @Option(
    help: ArgumentHelp(
      "The network, see `deltacl networks` (default: \(Self.defaults.network)).", valueName: "name"))
  var network: String?

  @Option(
    help: ArgumentHelp(
      "The data set: fashion-mnist, digits, a folder or a table (default: \(Self.defaults.dataset)).", valueName: "name"
    ))
  var dataset: String?

  @OptionGroup(title: "Images")
  var data: TrainingDataOptions

  @OptionGroup(title: "Hyper-parameters")
  var hyperparameters: HyperparameterOptions

  @OptionGroup(title: "Optimiser")
  var optimizer: OptimizerOptions

  @OptionGroup(title: "Schedule")
  var schedule: ScheduleOptions

  @Option(
    help: ArgumentHelp(
      "The parameters to start from: a model.safetensors, or weights of another program (.pth, .safetensors, .npz).",
      valueName: "file"))
  var initialWeights: String?

  @Option(help: ArgumentHelp("The order of axes in that file: \(WeightLayout.list).", valueName: "layout"))
  var layout: WeightLayout?

  @Flag(help: "Start the last layer anew, because the file's tells other classes apart.")
  var newHead = false

  @Option(
    help: ArgumentHelp(
      "Go on with the training whose files are in this folder, with its options.", valueName: "folder"))
  var resume: String?

  @Option(
    help: ArgumentHelp(
      "A JSON object of options, such as a training's recipe.json; those given beside it come first.", valueName: "file"
    ))
  var recipe: String?

  @Option(help: ArgumentHelp("The folder for the results (default: runs/NETWORK-DATASET).", valueName: "folder"))
  var output: String?

  @OptionGroup
  var profile: ProfileOption

  @OptionGroup
  var device: DeviceOption

  /// What makes the model, which a training that goes on shares with its start and a recipe repeats.
  var options: [TrainingOption] {
    [
      TrainingOption(
        "--network", network.map { (try? Network.named($0, classes: 1).name) ?? $0 }, default: Self.defaults.network),
      TrainingOption("--dataset", dataset, default: Self.defaults.dataset),
    ] + data.options + hyperparameters.options + optimizer.options + schedule.options + [
      TrainingOption("--initial-weights", initialWeights), TrainingOption("--layout", layout?.rawValue),
      TrainingOption("--new-head", flag: newHead),
    ]
  }

  /// Where a training computes and writes, which recipes may say too.
  var placeOptions: [TrainingOption] {
    [
      TrainingOption("--output", output), TrainingOption("--profile", profile.profile),
      TrainingOption("--device", device.device),
    ]
  }

  func validate() throws {
    guard recipe == nil || resume == nil else {
      throw ValidationError("--recipe cannot be given with --resume, which goes on with the options of its start")
    }
    // What is given beside a recipe need not fit together without it.
    guard recipe == nil else { return }
    do {
      _ = try trainingConfiguration()
      _ = try Network.named(network ?? Self.defaults.network, classes: 1)
      for (name, value) in [("--output", output), ("--initial-weights", initialWeights)] where resume != nil {
        guard value == nil else {
          throw CommandFailure("\(name) cannot be given with --resume, which goes on in its folder with its weights")
        }
      }
    } catch {
      throw ValidationError("\(error)")
    }
    guard initialWeights != nil || (layout == nil && !newHead) else {
      throw ValidationError("--layout and --new-head are for --initial-weights")
    }
  }

  func run() throws {
    if let recipe { return try TrainingRecipe.command(adding: self, to: recipe).run() }
    let interruption = try Interruption.shared.get()
    guard let resume else { return try train(interruption, resuming: nil) }
    let folder = NativePath.withoutFinalSlash(resume)
    let path = TrainingFiles.last(in: folder)
    guard FileSystem.exists(path) else {
      throw CommandFailure(
        "\(path): there is no training to go on with; start one with --output \(folder.quotedForShell)")
    }
    // Before the checkpoint is read: another training may be about to replace it.
    let files = try TrainingFiles(folder: folder)
    let file = try Safetensors(contentsOf: path)
    let checkpoint = try Checkpoint(file, path: path)
    let command = try TrainingRecipe.command(resuming: self, file, path: path)
    try command.train(interruption, resuming: (files, checkpoint))
  }

  private func train(_ interruption: Interruption, resuming start: (files: TrainingFiles, checkpoint: Checkpoint)?)
    throws
  {
    var configuration = try trainingConfiguration()
    let images = try data.load(dataset ?? Self.defaults.dataset, seed: configuration.seed)
    // What came in one piece has been parted.
    configuration.validationShare = images.validation == nil ? data.validationSplit : nil
    let network = try data.network(network ?? Self.defaults.network, classes: images.classNames.count)
    let files =
      try start?.files ?? TrainingFiles(folder: output ?? "runs/\(network.name)-\(Self.lastComponent(of: images.name))")
    // A training that goes on has its own.
    let weights = try (start == nil ? initialWeights : nil).map { path in
      try WeightsFile(contentsOf: path, layout: layout).tensors(of: network, newHead: newHead)
    }

    let backend = try profile.open(device, announces: true)
    let trainer = try Trainer(network, images, configuration, on: backend)
    try load(trainer, weights, start?.checkpoint, files)
    let stopRequest = trainer.stopRequest
    interruption.catchFirst {
      // The line that is being rewritten stays as it is, with the message below it.
      if Output.isTerminal { try? Output.write("\n") }
      Output.message("finishing the step, then saving; once more to leave at once")
      stopRequest.make()
    }
    let validation = trainer.validation.map { "\($0.count) to validate with, " } ?? ""
    Output.message(
      "\(network.name), \(trainer.parameters.count) parameters, on \(images.name.escapedForTerminal): "
        + "\(trainer.dataset.train.count) images to train on, \(validation)\(images.test.count) to test on")

    var session = TrainingSession(self, trainer, files, title: "\(network.name) on \(images.name)")
    let result = try session.run()
    if result.isStopped {
      try session.saveStopped()
    } else {
      try session.printBest(images)
    }
    try profile.write(profile.take(from: backend).map { [$0] } ?? [])
    if result.isStopped { throw ExitCode(interruption.exitStatus ?? 1) }
    try session.end()
  }

  /// Gives the trainer what it starts from.
  private func load(
    _ trainer: Trainer, _ weights: [String: (shape: Shape, values: [Float])]?, _ checkpoint: Checkpoint?,
    _ files: TrainingFiles
  ) throws {
    if let weights { try trainer.parameters.update(weights) }
    if let checkpoint {
      do {
        try trainer.resume(from: checkpoint)
      } catch let error as NetworkError {
        throw CommandFailure("\(files.last): \(error)")
      } catch let error as TrainingError {
        throw CommandFailure("\(files.last): \(error)")
      }
      Output.message("going on after step \(checkpoint.step) of \(trainer.stepCount)")
    }
  }

  private func trainingConfiguration() throws -> TrainingConfiguration {
    var configuration = hyperparameters.configuration()
    try optimizer.configure(&configuration)
    configuration.schedule = try schedule.learningRateSchedule()
    configuration.augmentations = data.augment ?? []
    try configuration.validate()
    return configuration
  }

  /// The last name in a path, whatever slashes end it.
  private static func lastComponent(of path: String) -> String {
    NativePath.components(path).last { $0 != "." && $0 != ".." } ?? "folder"
  }
}
