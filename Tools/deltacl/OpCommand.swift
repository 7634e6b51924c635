import ArgumentParser
import DeltaCL
import DeltaCLData

struct OpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "op",
    abstract: "Runs one operation on tensors from a file, so that any other program can check it.",
    discussion: """
      Input is a safetensors, .npz, .npy or .pth file; the tensor of x.npy is called x. Output is .npz, .pth or, for a single \
      result, .npy if it ends so, and safetensors otherwise. Images are NHWC: [N, H, W, C]; kernels [K, R, S, C / groups]; dense \
      weights [Out, In]. Floats are float32; labels and argmax are int32. Tensors that an operation does not take are \
      ignored.

      Below each operation are the tensors that it reads -> those that it writes, and its attributes with their \
      defaults. A tensor with ? is optional.

      \(OperationName.help)

      Operations on a and b, and others of several tensors of any shape, broadcast their shapes as NumPy does. Axes that are reduced \
      are given as axes=0,2; -1 is the innermost.

      With activation=relu, relu6, leaky-relu, sigmoid or tanh an operation applies it to y. A delta then becomes that \
      of the activation's input: it also reads activated, the activation's output, or in batch normalization bias. Dropout's \
      step is int32 [1]. The delta of batch normalization recomputes from x the digits of the mean that savedMean is too short \
      for.
      A value for two axes is 2 or 2x1 (rows x columns); padding is 1, 1x2 or top,left,bottom,right.

      Examples:

        deltacl op convolution --input in.safetensors --output out.safetensors \\
          --attribute stride=2 --attribute padding=0,0,1,1
        deltacl op gelu --input in.safetensors --output out.safetensors --attribute approximate=tanh
        deltacl op --list --json
        deltacl op max-pooling --input in.safetensors --output out.safetensors \\
          --attribute window=3x3 --device cpu
        deltacl op relu --input x.npy --output y.npy
      """)

  @Argument(help: ArgumentHelp("The operation.", valueName: "name"))
  var name: OperationName?

  @Option(help: ArgumentHelp("The file with the tensors to read.", valueName: "file"))
  var input: String?

  @Option(help: ArgumentHelp("The file to write; an old one is replaced.", valueName: "file"))
  var output: String?

  @Flag(help: "List the operations instead.")
  var list = false

  @Flag(help: "With --list, print an array of JSON: name, tensors, attributes and results of each.")
  var json = false

  @Option(name: .long, help: ArgumentHelp("An attribute of the operation; may be repeated.", valueName: "key=value"))
  var attribute: [String] = []

  @Flag(
    inversion: .prefixedNo,
    help: "Use direct sums alone, exact for small integers, or also what training uses, such as Winograd's algorithm.")
  var exact = true

  @OptionGroup
  var device: DeviceOption

  func validate() throws {
    if list {
      guard name == nil, input == nil, output == nil, attribute.isEmpty else {
        throw ValidationError("--list takes no operation, tensors or attributes")
      }
      return
    }
    if json { throw ValidationError("--json needs --list") }
    do {
      let (command, _, _) = try required()
      _ = try OperationAttributes(attribute, for: command)
    } catch let failure as CommandFailure {
      throw ValidationError(failure.description)
    }
  }

  /// What must be given to run an operation.
  private func required() throws -> (command: OperationCommand, input: String, output: String) {
    guard let name else { throw ValidationError("Missing expected argument '<name>'") }
    guard let input else { throw ValidationError("Missing expected argument '--input <file>'") }
    guard let output else { throw ValidationError("Missing expected argument '--output <file>'") }
    return (name.command, input, output)
  }

  func run() throws {
    if list { return try printList() }
    let (command, input, output) = try required()
    let attributes = try OperationAttributes(attribute, for: command)
    try AtomicFile.probe(output)
    let request = try OperationRequest(command, attributes, file: TensorFileFormat.open(input))
    let results = try request.run(on: device.backend(exact: exact))
    try (TensorFileFormat(ending: output) ?? .safetensors).write(results, to: output)
  }

  private func printList() throws {
    if json {
      try Output.json(TensorOperation.commands.map(OperationDescription.init))
    } else {
      for command in TensorOperation.commands { try Output.line(command.name) }
    }
  }
}
