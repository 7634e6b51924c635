import ArgumentParser
import DeltaCL
import DeltaCLData
import DeltaCLNetworks

struct SummaryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary",
    abstract: "Prints the layers of a network with their shapes, parameters and work.",
    discussion: """
      Each layer has a line with the shape of its output, its parameters, the multiplications and additions of its forward \
      pass in millions, and the KiB that its operations write. No device is needed.

      JSON is an object with network, inputShape, classes, layers, which have name, kind, outputShape, parameterCount, \
      floatingPointOperations and activationByteCount, and the sums of these three.

      Examples:

        deltacl summary lenet
        deltacl summary resnet18 --classes 10 --image-size 64x64 --batch-size 32
        deltacl summary runs/lenet-digits/model.safetensors --json
      """)

  private struct Report: Encodable {
    struct Layer: Encodable {
      let name: String
      let kind: String
      let outputShape: [Int]
      let parameterCount: Int
      let floatingPointOperations: Int
      let activationByteCount: Int

      init(_ layer: LayerSummary) {
        name = layer.name
        kind = layer.kind
        outputShape = layer.outputShape.dimensions
        parameterCount = layer.parameterCount
        floatingPointOperations = layer.floatingPointOperations
        activationByteCount = layer.activationByteCount
      }
    }

    let network: String
    let inputShape: [Int]
    let classes: Int
    let layers: [Layer]
    let parameterCount: Int
    let floatingPointOperations: Int
    let activationByteCount: Int
  }

  @Argument(
    help: ArgumentHelp(
      "A network, see `deltacl networks`, or a model.safetensors that `deltacl train` wrote.", valueName: "network"))
  var network: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The number of classes (default: 1000, 10 for small images).", valueName: "number"),
    transform: NumberOption.count)
  var classes: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The size of images, such as 224x224 (default: that which the network was made for).", valueName: "size"),
    transform: NumberOption.imageSize)
  var imageSize: Extent?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The images of a batch (default: 1).", valueName: "count"), transform: NumberOption.count)
  var batchSize = 1

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let classes, classes < 1 { throw ValidationError("--classes \(classes) must be at least 1") }
    guard batchSize >= 1 else { throw ValidationError("the batch size must be at least 1, not \(batchSize)") }
  }

  func run() throws {
    let network = try loadNetwork()
    let summary = try NetworkSummary(network, batch: batchSize)
    if json {
      return try Output.json(
        Report(
          network: network.name, inputShape: summary.inputShape.dimensions, classes: network.classes,
          layers: summary.layers.map(Report.Layer.init), parameterCount: summary.parameterCount,
          floatingPointOperations: summary.floatingPointOperations, activationByteCount: summary.activationByteCount))
    }
    let nameWidth = summary.layers.map(\.name.count).max() ?? 0
    let kindWidth = summary.layers.map(\.kind.count).max() ?? 0
    let table = Columns(
      columns: [
        .text("layer", nameWidth), .text("kind", kindWidth), .text("output", 15), .number("parameters", 10),
        .number("MFLOP"), .number("KiB"),
      ])
    try Output.line("\(network.name), images \(Self.text(summary.inputShape)), \(network.classes) classes")
    try Output.line(table.header)
    for layer in summary.layers {
      try Output.line(
        table.line(
          [layer.name, layer.kind, Self.text(layer.outputShape)]
            + Self.cells(layer.parameterCount, layer.floatingPointOperations, layer.activationByteCount)))
    }
    try Output.line(
      table.line(
        ["total", "", ""]
          + Self.cells(summary.parameterCount, summary.floatingPointOperations, summary.activationByteCount)))
  }

  /// The network of the name, or that of the model.
  private func loadNetwork() throws -> Network {
    do {
      let made = try classes.map { try Network.named(network, classes: $0) } ?? Network.benchmarked(network)
      return imageSize.map(made.resized(to:)) ?? made
    } catch {
      guard FileSystem.exists(network) || network.contains("/") else { throw ValidationError("\(error)") }
    }
    guard classes == nil, imageSize == nil else {
      throw ValidationError("--classes and --image-size are for networks by their names; a model has its own")
    }
    do {
      return try Checkpoint(contentsOf: network).network()
    } catch let error as NetworkError {
      throw CommandFailure("\(network): \(error)")
    }
  }

  private static func cells(_ parameters: Int, _ operations: Int, _ bytes: Int) -> [String] {
    ["\(parameters)", (Double(operations) / 1e6).text(decimals: 2), (Double(bytes) / 1024).text(decimals: 1)]
  }

  private static func text(_ shape: Shape) -> String {
    shape.dimensions.map(String.init).joined(separator: "x")
  }
}
