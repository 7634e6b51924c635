import ArgumentParser
import DeltaCL
import DeltaCLData
import DeltaCLNetworks

struct GradientsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradients",
    abstract: "Computes the loss and all gradients of one training step, so that any other program can check them.",
    discussion: """
      Runs a network forward in training mode on one batch, the softmax cross-entropy and all gradients, without an \
      update. Input and output are safetensors files.

      Input: images [N, H, W, C] (float32, normalised), labels [N] (int32), and every parameter and statistic of the \
      network under its name, such as conv1.weight, in DeltaCL's layouts.
      Output: loss, the gradient of every parameter under the parameter's name, and statistics such as \
      bn1.running_mean as they are after the step.

      Example:

        deltacl gradients --network resnet18 --no-dropout --input in.safetensors --output out.safetensors
      """)

  @Option(help: ArgumentHelp("The network, see `deltacl networks`.", valueName: "name"))
  var network: String

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The number of classes (default: 1000).", valueName: "number"),
    transform: NumberOption.count)
  var classes = 1000

  @Option(help: ArgumentHelp("The file with images, labels and parameters.", valueName: "file"))
  var input: String

  @Option(help: ArgumentHelp("The file to write; an old one is replaced.", valueName: "file"))
  var output: String

  @Flag(inversion: .prefixedNo, help: "Whether dropout layers drop.")
  var dropout = true

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The seed of dropout (default: 0).", valueName: "number"),
    transform: NumberOption.seed)
  var seed: UInt64 = 0

  @OptionGroup
  var device: DeviceOption

  func validate() throws {
    guard classes >= 1 else { throw ValidationError("--classes \(classes) must be at least 1") }
    do {
      _ = try Network.named(network, classes: classes)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  func run() throws {
    let network = try Network.named(network, classes: classes)
    try AtomicFile.probe(output)
    var tensors = try Safetensors(contentsOf: input)
    let (images, labels, batch) = try self.batch(from: tensors, for: network)
    tensors.tensors["images"] = nil
    tensors.tensors["labels"] = nil
    let parameters: Parameters
    do {
      parameters = try Parameters(
        network, tensors: Checkpoint.tensors(of: tensors, path: input), seed: seed, on: device.backend())
    } catch let error as NetworkError {
      throw CommandFailure("\(input): \(error)")
    }
    let step = try TrainingStep(network, parameters, batch: batch, dropout: dropout)
    step.learningRate = 0
    try step.run(images: images, labels: labels)

    var results = Safetensors()
    results.tensors["loss"] = try Safetensors.Tensor(floats: [step.loss()], shape: [])
    for name in parameters.names {
      results.tensors[name] = try Safetensors.Tensor(
        floats: step.gradient(of: name), shape: parameters.shape(of: name).dimensions)
    }
    for name in parameters.statisticNames {
      results.tensors[name] = try Safetensors.Tensor(
        floats: parameters.values(of: name), shape: parameters.shape(of: name).dimensions)
    }
    try results.write(to: output)
  }

  private func batch(
    from file: Safetensors, for network: Network
  ) throws -> (images: [Float], labels: [Int32], count: Int) {
    let images = try file.tensor("images", of: input)
    let labels = try file.tensor("labels", of: input)
    let batch = images.shape.first ?? 0
    let shape = network.inputShape(batch: batch)
    guard batch >= 1, Shape(images.shape) == shape else {
      throw CommandFailure(
        "\(input): images has the shape \(images.shape) and \(network.name) takes [N, \(network.inputSize.rows), "
          + "\(network.inputSize.columns), \(network.inputChannels)]")
    }
    let values = try labels.int32s(name: "\(input): labels")
    guard labels.shape == [batch] else {
      throw CommandFailure(
        "\(input): labels has the shape \(labels.shape) and must have [\(batch)], one for each image")
    }
    if let index = values.firstIndex(where: { !(0..<classes).contains(Int($0)) }) {
      throw CommandFailure(
        "\(input): labels has the value \(values[index]) at \(index); it must be from 0 to \(classes - 1)")
    }
    return (try images.floats(name: "\(input): images"), values, batch)
  }
}
