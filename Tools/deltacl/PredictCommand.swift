import ArgumentParser
import DeltaCL
import DeltaCLData
import DeltaCLNetworks
import Foundation

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Classifies images with a model.",
    discussion: """
      Takes PNG, JPEG, WebP, PGM and PPM files and prints the most likely classes of each with their probabilities. Images are \
      resized until the shorter side fits the model, cut at the centre and brought to the channels that it was trained \
      on; they should look like its training images, \
      which for MNIST and its kind are bright on black. Transparent pixels are laid on black or, if everything visible is \
      dark, on white, and images are turned as their Exif data says.

      Each result is printed as soon as it is ready. An image that cannot be read gets a line on standard error, the \
      others are classified nevertheless, and the exit status is 1.

      Examples:

        deltacl predict runs/lenet-digits/model.safetensors three.png seven.jpg
        deltacl predict model.safetensors *.pgm --top 1 --json
      """)

  private struct Prediction: Encodable {
    struct Candidate: Encodable {
      let label: Int
      let name: String
      let probability: Float
    }

    let image: String
    let classes: [Candidate]

    var text: String {
      let classes = classes.map { $0.name.escapedForTerminal + String(format: " %.4f", $0.probability) }
      return "\(image.escapedForTerminal): \(classes.joined(separator: ", "))"
    }
  }

  @OptionGroup
  var model: ModelArgument

  @Argument(help: ArgumentHelp("The image files.", valueName: "image"))
  var images: [String]

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many classes to print for each image (default: 3).", valueName: "count"),
    transform: NumberOption.count)
  var top = 3

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup
  var device: DeviceOption

  func validate() throws {
    guard top >= 1 else { throw ValidationError("--top must be at least 1, not \(top)") }
  }

  func run() throws {
    let (checkpoint, network, parameters) = try model.load { try device.backend() }
    let step = try InferenceStep(network, parameters, batch: 1)
    let preparation = try network.preparation(normalization: checkpoint.normalization)
    var list = JSONList()
    var failures = InputFailures()
    for path in images {
      try failures.attempt {
        let prediction = try predict(path, by: step, preparation, checkpoint)
        if json { try list.append(prediction) } else { try Output.line(prediction.text) }
      }
    }
    if json { try list.end() }
    try failures.end()
  }

  private func predict(
    _ path: String, by step: InferenceStep, _ preparation: ImagePreparation, _ checkpoint: Checkpoint
  ) throws -> Prediction {
    try step.run(images: preparation.values(of: Image(contentsOf: path, warn: Output.message)))
    let probabilities = try step.probabilities()
    guard probabilities.allSatisfy(\.isFinite) else {
      throw DataError(
        .outOfRange, path, "\(model.model) gives no finite probabilities for it: train the model again")
    }
    let order = probabilities.indices.sorted { probabilities[$0] > probabilities[$1] }
    return Prediction(
      image: path,
      classes: order.prefix(top).map {
        Prediction.Candidate(label: $0, name: checkpoint.classNames[$0], probability: probabilities[$0])
      })
  }
}
