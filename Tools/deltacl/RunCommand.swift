import ArgumentParser
import DeltaCL
import DeltaCLData
import DeltaCLONNX

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs an ONNX model.",
    discussion: """
      Each input is an .npy file of floating point in ONNX's order, [N, C, H, W] of images. Each output is written to NAME.npy in the \
      folder that --output names. Sizes that the model leaves open are those of the inputs. Without inputs the names, types and \
      shapes of what the model takes and gives are printed.

      The operators are those of convolutional networks; docs/onnx.md lists them. A model that has others is refused with their names.

      Examples:

        deltacl run resnet18.onnx
        deltacl run resnet18.onnx --input input=image.npy --output results
      """)

  private struct Description: Encodable {
    struct Value: Encodable {
      let name: String
      let elementType: String
      let shape: [String]?

      init(_ value: ModelValue) {
        name = value.name
        elementType = value.elementType
        shape = value.shape?.map(\.description)
      }
    }

    let inputs: [Value]
    let outputs: [Value]
  }

  @Argument(help: ArgumentHelp("The model, an .onnx file.", valueName: "model"))
  var model: String

  @Option(help: ArgumentHelp("An input and its file; once for each.", valueName: "name=file"))
  var input: [String] = []

  @Option(help: ArgumentHelp("The folder for the outputs; it is created if it is missing.", valueName: "folder"))
  var output: String?

  @Flag(help: "Without inputs, print JSON: name, elementType and shape of each input and output.")
  var json = false

  @OptionGroup
  var device: DeviceOption

  func validate() throws {
    guard input.isEmpty == (output == nil) else {
      throw ValidationError("--input and --output belong together; without both the model is described")
    }
    if json, !input.isEmpty { throw ValidationError("--json describes a model and takes no --input") }
    _ = try files()
  }

  /// The path of each input's file.
  private func files() throws -> [String: String] {
    var files: [String: String] = [:]
    for text in input {
      // Names of inputs may hold the sign too, and files seldom do.
      guard let sign = text.lastIndex(of: "="), sign != text.startIndex, text.index(after: sign) != text.endIndex else {
        throw ValidationError("--input must be NAME=FILE, not '\(text)'")
      }
      let name = String(text[..<sign])
      guard files.updateValue(String(text[text.index(after: sign)...]), forKey: name) == nil else {
        throw ValidationError("--input is given twice for '\(name)'")
      }
    }
    return files
  }

  func run() throws {
    let model = try Model(contentsOf: model)
    guard let output else { return try describe(model) }
    var tensors: [String: HostTensor] = [:]
    for (name, path) in try files() {
      let file = try TensorFileFormat.open(path)
      guard file.names.count == 1 else {
        throw CommandFailure("\(path): has \(file.names.count) tensors, and an input is one: use an .npy file")
      }
      tensors[name] = try file.tensor(file.names[0])
    }
    let results = try model.compiled(for: tensors.mapValues(\.shape), on: device.backend()).run(tensors)
    // A name may hold anything, and none leads out of the folder.
    let named = results.map { name, tensor in
      (path: "\(output)/\(name.replacing("/", with: "_").replacing("\0", with: "_")).npy", tensor: tensor)
    }
    guard Set(named.map(\.path)).count == named.count else {
      throw CommandFailure("\(self.model): two of its outputs have the same name in files; rename one")
    }
    try FileSystem.createFolder(output)
    for (path, tensor) in named.sorted(by: { $0.path < $1.path }) {
      try TensorFileFormat.npy.write(["output": tensor], to: path)
      try Output.line("\(path): [\(tensor.shape.map(String.init).joined(separator: ", "))]")
    }
  }

  private func describe(_ model: Model) throws {
    if json {
      return try Output.json(
        Description(
          inputs: model.inputs.map(Description.Value.init), outputs: model.outputs.map(Description.Value.init)))
    }
    for (kind, values) in [("input", model.inputs), ("output", model.outputs)] {
      for value in values {
        try Output.line(
          "\(kind) \(value.name.escapedForTerminal): \(value.elementType) \(value.shapeText.escapedForTerminal)")
      }
    }
  }
}
