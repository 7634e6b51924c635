import ArgumentParser
import DeltaCL
import DeltaCLNetworks

/// The model file that `evaluate` and `predict` take.
struct ModelArgument: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "A model.safetensors that `deltacl train` wrote, or weights of another program (.pth, .safetensors, .npz).",
      valueName: "model"))
  var model: String

  @OptionGroup(title: "Weights of another program")
  var foreign: ForeignWeightsOptions

  @Option(help: ArgumentHelp("The order of axes in the file: \(WeightLayout.list).", valueName: "layout"))
  var layout: WeightLayout?

  /// Reads the model.
  ///
  /// - Throws: What is wrong with the file, with its path.
  func load(on backend: () throws -> any Backend) throws -> (Checkpoint, Network, Parameters) {
    let checkpoint = try foreign.checkpoint(model, layout: layout)
    do {
      let network = try checkpoint.network()
      return (checkpoint, network, try checkpoint.parameters(of: network, on: backend()))
    } catch let error as NetworkError {
      throw CommandFailure("\(model): \(error)")
    } catch let error as TrainingError {
      throw CommandFailure("\(model): \(error)")
    }
  }
}
