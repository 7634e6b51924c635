import ArgumentParser
import DeltaCL
import DeltaCLNetworks

/// The model file that `evaluate` and `predict` take.
struct ModelArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("A model.safetensors that `deltacl train` wrote.", valueName: "model"))
  var model: String

  /// Reads the model.
  ///
  /// - Throws: What is wrong with the file, with its path.
  func load(on backend: () throws -> any Backend) throws -> (Checkpoint, Network, Parameters) {
    let checkpoint = try Checkpoint(contentsOf: model)
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
