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
      Trains by stochastic gradient descent with momentum and writes three files to the output folder after each epoch: \
      model.safetensors (the parameters), metrics.jsonl (a line per step and per epoch) and curves.svg (loss and \
      accuracy, for a browser). Files of an earlier run are replaced, each as a whole and all at once; the test figures of \
      an epoch are added when it is evaluated. The folder is locked against a second training. If standard output \
      cannot be written, the training goes on without it and exits with status 1.

      Data sets are fashion-mnist (Debian's dataset-fashion-mnist), digits (8x8 digits, part of this command), or a \
      folder with files named as MNIST's are: train-images-idx3-ubyte, train-labels-idx1-ubyte and the same with t10k, \
      plain or .gz. Images are brought to the size and the channels that the network takes.

      The same arguments give the same model on the same device, bit for bit.

      Ctrl-C finishes the step, writes the files and exits with status 130 (SIGTERM: 143, SIGHUP: 129); a second one leaves \
      at once. The command that it prints trains on from the weights; momentum and the order of the images start over.

      Examples:

        deltacl train
        deltacl train --dataset digits --epochs 20 --output runs/digits
        deltacl train --max-steps 20 --profile trace.json
        deltacl train --dataset ~/mnist --batch-size 128 --device gpu
        deltacl train --initial-weights model.safetensors --learning-rate 0.001
        deltacl train --network resnet18 --dataset ~/mnist --initial-weights resnet18.pth --new-head
      """)

  @Option(help: ArgumentHelp("The network: \(Network.names.joined(separator: ", ")).", valueName: "name"))
  var network = "lenet"

  @Option(help: ArgumentHelp("The data set: fashion-mnist, digits, or a folder.", valueName: "name"))
  var dataset = "fashion-mnist"

  @OptionGroup(title: "Hyper-parameters")
  var hyperparameters: HyperparameterOptions

  @Option(
    help: ArgumentHelp(
      "The parameters to start from: a model.safetensors, or weights of another program (.pth, .safetensors, .npz).",
      valueName: "file"))
  var initialWeights: String?

  @Option(help: ArgumentHelp("The order of axes in that file: \(WeightLayout.list).", valueName: "layout"))
  var layout: WeightLayout?

  @Flag(help: "Start the last layer anew, because the file's tells other classes apart.")
  var newHead = false

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
    guard initialWeights != nil || (layout == nil && !newHead) else {
      throw ValidationError("--layout and --new-head are for --initial-weights")
    }
  }

  func run() throws {
    let interruption = try Interruption.shared.get()
    let configuration = try hyperparameters.configuration()
    let data = try Dataset.load(dataset)
    let network = try Network.named(network, classes: data.classNames.count)
    let files = try TrainingFiles(folder: output ?? "runs/\(network.name)-\(Self.lastComponent(of: dataset))")
    let weights = try initialWeights.map { path in
      try WeightsFile(contentsOf: path, layout: layout).tensors(of: network, newHead: newHead)
    }

    let backend = try profile.open(device, announces: true)
    let trainer = try Trainer(network, data, configuration, on: backend)
    if let weights { try trainer.parameters.update(weights) }
    let stopRequest = trainer.stopRequest
    interruption.catchFirst {
      // The line that is being rewritten stays as it is, with the message below it.
      if Output.isTerminal { try? Output.write("\n") }
      Output.message("finishing the step, then saving; once more to leave at once")
      stopRequest.make()
    }
    Output.message(
      "\(network.name), \(trainer.parameters.count) parameters, on \(data.name.escapedForTerminal): \(data.train.count) images "
        + "to train on, \(data.test.count) to test on")

    let title = "\(network.name) on \(data.name)"
    var output = TrainingOutput()
    let result: TrainingResult
    do {
      result = try trainer.run { event in
        switch event {
        case .step(let step):
          output.attempt { try $0.show(TrainingText.line(for: step, epochs: configuration.epochs)) }
        case .trained:
          try files.writeUnevaluated(trainer, title: title)
        case .epoch(let epoch):
          try files.writeEvaluation(trainer, title: title)
          output.attempt { try $0.finish(TrainingText.line(for: epoch, epochs: configuration.epochs)) }
        }
      }
      output.attempt { try $0.clear() }
    } catch {
      output.attempt { try $0.clear() }
      if let error = error as? TrainingError, error.code == .diverged { files.restore() }
      throw error
    }
    if let evaluation = result.evaluation {
      output.attempt { _ in try TrainingText.printAccuracies(evaluation, classNames: data.classNames) }
      Output.message("wrote \(files.list)")
    } else {
      try saveStopped(result, trainer, files, title: title)
    }
    try profile.write(profile.take(from: backend).map { [$0] } ?? [])
    if result.isStopped { throw ExitCode(interruption.exitStatus ?? 1) }
    try output.end()
  }

  /// Saves a run that was stopped and says how to go on.
  private func saveStopped(
    _ result: TrainingResult, _ trainer: Trainer, _ files: TrainingFiles, title: String
  ) throws {
    guard let step = result.history.steps.last?.step else {
      return Output.message("stopped before the first step; nothing was written")
    }
    try files.write(trainer, title: title)
    Output.message("stopped after step \(step); wrote \(files.list)")
    let continuation = TrainingContinuation(hyperparameters, step: step, batchesPerEpoch: trainer.batchesPerEpoch)
    guard let remaining = continuation.arguments else {
      return Output.message("all steps were made; to evaluate: deltacl evaluate \(files.model.quotedForShell)")
    }
    let others = device.device.map { ["--device", $0] } ?? []
    let words =
      ["--network", network, "--dataset", dataset] + remaining + others + [
        "--initial-weights", files.model, "--output", TrainingContinuation.folder(after: files.folder),
      ]
    Output.message(
      "to train on from these weights (\(continuation.losses)): "
        + "deltacl train \(words.map(\.quotedForShell).joined(separator: " "))")
  }

  /// The last name in a path, whatever slashes end it.
  private static func lastComponent(of path: String) -> String {
    NativePath.components(path).last { $0 != "." && $0 != ".." } ?? "folder"
  }
}
