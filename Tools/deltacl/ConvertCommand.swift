import ArgumentParser
import DeltaCLData
import DeltaCLNetworks

struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Converts weights from and to the files of PyTorch, safetensors and NumPy.",
    discussion: """
      Reads .pth and .pt files of torch.save (the state dictionary alone or under state_dict or model; nothing in them is \
      executed), safetensors in one file or by an index.json, .npz and .npy. What a file is shows in its contents. It writes \
      what the ending of OUT says: .safetensors, .pth, .pt, .bin, .npz or .npy.

      PyTorch holds kernels as [K, C, R, S], and what follows a flattened image runs over channels, rows and columns; here \
      kernels are [K, R, S, C] and features run over rows, columns and channels. With the network known, by --network or \
      because IN is a model of `deltacl train`, weights are put from one into the other: torch.load and load_state_dict with \
      strict=True take the result, and `deltacl evaluate`, `predict` and `train --initial-weights` take a .safetensors \
      file. Counters of batches and the prefixes module. and _orig_mod. are left out. Without a network the tensors are \
      written as they are.

      Examples:

        deltacl convert resnet18.pth model.safetensors --network resnet18
        deltacl convert runs/lenet-digits/model.safetensors lenet.pth
        deltacl convert weights.safetensors lenet.pth --network lenet --input-layout deltacl
        deltacl convert arrays.npz arrays.safetensors
      """)

  @Argument(help: ArgumentHelp("The file to read.", valueName: "in"))
  var input: String

  @Argument(help: ArgumentHelp("The file to write; an old one is replaced.", valueName: "out"))
  var output: String

  @OptionGroup
  var foreign: ForeignWeightsOptions

  @Option(
    help: ArgumentHelp(
      "The order of axes in OUT: deltacl or pytorch (default: pytorch for .pth; otherwise deltacl with a network, and as in "
        + "IN without).",
      valueName: "layout"))
  var layout: WeightLayout?

  @Option(help: ArgumentHelp("The order of axes in IN: \(WeightLayout.list).", valueName: "layout"))
  var inputLayout: WeightLayout?

  func validate() throws {
    guard let format = TensorFileFormat(ending: output) else {
      throw ValidationError(
        "the ending of '\(output)' names no format; use .safetensors, .pth, .pt, .bin, .npz or .npy")
    }
    guard format != .pytorch || layout != .deltacl else {
      throw ValidationError("files of PyTorch have PyTorch's layout; leave out --layout or write .safetensors")
    }
  }

  func run() throws {
    guard let format = TensorFileFormat(ending: output) else { return }
    try AtomicFile.probe(output)
    let file = try WeightsFile(contentsOf: input, layout: inputLayout)
    guard file.isModel || foreign.network != nil else { return try copy(file, format: format) }
    let target = layout ?? (format == .pytorch ? .pytorch : .deltacl)
    let isModel = target == .deltacl && format == .safetensors
    let checkpoint = try foreign.checkpoint(input, layout: inputLayout, needsNormalization: isModel)
    if target == .pytorch {
      let network = try checkpoint.network()
      try format.write(
        network.pyTorchTensors(checkpoint.tensors, step: checkpoint.step), metadata: ["format": "pt"], to: output)
    } else if isModel {
      try checkpoint.write(to: output)
    } else {
      try format.write(checkpoint.safetensors().tensors, to: output)
    }
    Output.message(
      "wrote \(output.escapedForTerminal): \(checkpoint.networkName), \(checkpoint.classNames.count) classes, layout \(target.rawValue)"
    )
  }

  /// Writes the tensors as they are.
  private func copy(_ file: WeightsFile, format: TensorFileFormat) throws {
    let target = layout ?? (format == .pytorch ? .pytorch : file.layout)
    guard target == file.layout else {
      let from = file.layout.map { "the layout \($0.rawValue)" } ?? "a layout that it does not say (see --input-layout)"
      throw CommandFailure(
        "\(file.path): has \(from), and \(target?.rawValue ?? "another") is to be written: name the network by --network, whose "
          + "layers say how")
    }
    let tensors = try file.hostTensors()
    try format.write(tensors, metadata: target == .pytorch ? ["format": "pt"] : [:], to: output)
    Output.message("wrote \(output.escapedForTerminal): \(tensors.count) tensors as they are")
  }
}
