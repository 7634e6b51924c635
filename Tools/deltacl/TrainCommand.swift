import ArgumentParser
import DeltaCL
import DeltaCLData
import DeltaCLNetworks

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network on a data set.",
    discussion: """
      Trains by stochastic gradient descent with momentum and writes three files to the output folder after each epoch: \
      model.safetensors (the parameters), metrics.jsonl (a line a step and a line an epoch) and curves.svg (loss and \
      accuracy, for a browser). Files of an earlier run are replaced, each as a whole.

      Data sets are fashion-mnist (Debian's dataset-fashion-mnist), digits (8x8 digits, part of this command), or a \
      folder with files named as MNIST's are: train-images-idx3-ubyte, train-labels-idx1-ubyte and the same with t10k, \
      plain or .gz. Images are brought to the size and the channels that the network takes.

      The same arguments give the same model on the same device, bit for bit.

      Ctrl-C finishes the step, writes the files and exits with status 130 (SIGTERM: 143); a second one leaves at once.

      Examples:

        deltacl train
        deltacl train --dataset digits --epochs 20 --output runs/digits
        deltacl train --max-steps 20 --profile trace.json
        deltacl train --dataset ~/mnist --batch-size 128 --device gpu
        deltacl train --initial-weights model.safetensors --learning-rate 0.001
      """)

  @Option(help: ArgumentHelp("The network: \(Network.names.joined(separator: ", ")).", valueName: "name"))
  var network = "lenet"

  @Option(help: ArgumentHelp("The data set: fashion-mnist, digits, or a folder.", valueName: "name"))
  var dataset = "fashion-mnist"

  @OptionGroup(title: "Hyper-parameters")
  var hyperparameters: HyperparameterOptions

  @Option(
    help: ArgumentHelp(
      "A safetensors file with the parameters to start from, by name and shape as in model.safetensors.",
      valueName: "file"))
  var initialWeights: String?

  @Option(help: ArgumentHelp("The folder for the results (default: runs/NETWORK-DATASET).", valueName: "folder"))
  var output: String?

  @OptionGroup
  var profile: ProfileOption

  @OptionGroup
  var device: DeviceOption

  func validate() throws {
    do {
      _ = try hyperparameters.configuration()
      _ = try Network.named(network, classes: 1)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  func run() throws {
    let interruption = try Interruption()
    let configuration = try hyperparameters.configuration()
    let data = try Dataset.load(dataset)
    let network = try Network.named(network, classes: data.classNames.count)
    let files = try TrainingFiles(folder: output ?? "runs/\(network.name)-\(Self.lastComponent(of: dataset))")
    let weights = try initialWeights.map { path in (path, try Checkpoint.tensors(contentsOf: path)) }

    let backend = try profile.open(device, announces: true)
    let trainer = try Trainer(network, data, configuration, on: backend)
    if let (path, tensors) = weights {
      do {
        try trainer.parameters.load(tensors)
      } catch let error as NetworkError {
        throw CommandFailure("\(path): \(error)")
      }
    }
    let stopRequest = trainer.stopRequest
    interruption.catchFirst {
      // The line that is being rewritten stays as it is, with the message below it.
      if Output.isTerminal { try? Output.write("\n") }
      Output.message("finishing the step, then saving; once more to leave at once")
      stopRequest.make()
    }
    Output.message(
      "\(network.name), \(trainer.parameters.count) parameters, on \(data.name): \(data.train.count) images to train on, "
        + "\(data.test.count) to test on")

    let title = "\(network.name) on \(data.name)"
    var progress = ProgressLine()
    let result: TrainingResult
    do {
      result = try trainer.run { event in
        switch event {
        case .step(let step):
          try progress.show(TrainingText.line(for: step, epochs: configuration.epochs))
        case .epoch(let epoch):
          try progress.finish(TrainingText.line(for: epoch, epochs: configuration.epochs))
          try files.write(trainer, title: title)
        }
      }
      try progress.clear()
    } catch {
      try? progress.clear()
      throw error
    }
    if let evaluation = result.evaluation {
      try TrainingText.printAccuracies(evaluation, classNames: data.classNames)
      Output.message("wrote \(files.list)")
      return try profile.write(profile.take(from: backend).map { [$0] } ?? [])
    }
    try files.write(trainer, title: title)
    let step = result.history.steps.last?.step ?? 0
    Output.message("stopped after step \(step); wrote \(files.list)")
    let arguments = continuation(from: files.model).joined(separator: " ")
    Output.message("to train on from these weights: deltacl train \(arguments)")
    try profile.write(profile.take(from: backend).map { [$0] } ?? [])
    throw ExitCode(interruption.exitStatus ?? 1)
  }

  /// The arguments of a run that starts from `model` and is otherwise like this one.
  private func continuation(from model: String) -> [String] {
    var arguments = ["--network", network, "--dataset", dataset] + hyperparameters.arguments
    if let name = device.device { arguments += ["--device", name] }
    if let output { arguments += ["--output", output] }
    return (arguments + ["--initial-weights", model]).map(\.quotedForShell)
  }

  /// The last name in a path, whatever slashes end it.
  private static func lastComponent(of path: String) -> String {
    path.split(separator: "/").last { $0 != "." && $0 != ".." }.map(String.init) ?? "folder"
  }
}
