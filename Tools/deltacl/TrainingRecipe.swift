import ArgumentParser
import DeltaCLData
import DeltaCLNetworks
import Foundation

/// The options of a training: its checkpoint keeps them so that `--resume` needs no more than the folder, and a file, so that a training
/// can be repeated or varied.
enum TrainingRecipe {
  private static let key = "command"
  /// What may change when a training goes on. The trainer holds the data to what the training has seen, wherever it lies.
  private static let changeable: Set = ["--epochs", "--max-steps", "--patience", "--dataset"]

  /// Adds the options of a training to its checkpoint.
  static func add(_ command: TrainCommand, to file: inout Safetensors) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    file.metadata[key] = String(decoding: try encoder.encode(command.options.flatMap(\.words)), as: UTF8.self)
  }

  /// The command that goes on with the training of a checkpoint.
  ///
  /// - Parameters:
  ///   - given: The command line with `--resume`.
  ///   - file: The checkpoint.
  ///   - path: Where it was read, for errors.
  /// - Throws: ``CommandFailure`` if an option is given that the training had not, or the checkpoint does not tell its options.
  static func command(resuming given: TrainCommand, _ file: Safetensors, path: String) throws -> TrainCommand {
    guard let text = file.metadata[key],
      let words = try? JSONDecoder().decode([String].self, from: Data(text.utf8)),
      var command = try? TrainCommand.parse(words)
    else {
      throw CommandFailure("\(path): does not tell how its training was started: use it with --initial-weights")
    }
    let options = Dictionary(uniqueKeysWithValues: command.options.map { ($0.name, $0) })
    for option in given.options {
      guard let value = option.given, !changeable.contains(option.name) else { continue }
      let before = options[option.name]?.value
      guard value != before else { continue }
      throw CommandFailure(
        "\(path): the training was started \(before.map { "with \(option.name) \($0)" } ?? "without \(option.name)") and cannot go on "
          + "with another; leave the option out")
    }
    command.hyperparameters.epochs = given.hyperparameters.epochs ?? command.hyperparameters.epochs
    command.hyperparameters.maxSteps = given.hyperparameters.maxSteps ?? command.hyperparameters.maxSteps
    command.hyperparameters.patience = given.hyperparameters.patience ?? command.hyperparameters.patience
    command.dataset = given.dataset ?? command.dataset
    command.device = given.device
    command.profile = given.profile
    return command
  }
}
