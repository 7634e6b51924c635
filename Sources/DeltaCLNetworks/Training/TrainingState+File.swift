import DeltaCL
import DeltaCLData
import Foundation

/// In a file the tensors of the state have names that begin with `training/`, and the metadata hold the rest.
extension TrainingState {
  private static let formatVersion = 1
  private static let prefix = "training/"
  private static let optimizerPrefix = prefix + "optimizer/"
  private static let averagePrefix = prefix + "average/"
  private static let historyPrefix = prefix + "history/"

  /// Adds the state to a file.
  ///
  /// - Throws: `DataError` if a tensor does not have as many values as its shape.
  func write(to file: inout Safetensors) throws {
    for (name, tensors) in optimizer {
      for (parameter, tensor) in tensors {
        file.tensors["\(Self.optimizerPrefix)\(name)/\(parameter)"] = try Safetensors.Tensor(
          floats: tensor.values, shape: tensor.shape.dimensions)
      }
    }
    for (parameter, tensor) in averages {
      file.tensors[Self.averagePrefix + parameter] = try Safetensors.Tensor(
        floats: tensor.values, shape: tensor.shape.dimensions)
    }
    for (name, values) in [
      ("step/epoch", history.steps.map(\.epoch)), ("epoch/epoch", history.epochs.map(\.epoch)),
      ("epoch/step", history.epochs.map(\.step)),
    ] {
      file.tensors[Self.historyPrefix + name] = try Safetensors.Tensor(
        int32s: values.map(Int32.init(truncatingIfNeeded:)), shape: [values.count])
    }
    for (name, values) in [
      ("step/loss", history.steps.map(\.loss)), ("step/accuracy", history.steps.map(\.accuracy)),
      ("epoch/loss", history.epochs.map(\.loss)), ("epoch/accuracy", history.epochs.map(\.accuracy)),
      ("epoch/test_loss", history.epochs.map(\.testLoss)), ("epoch/test_accuracy", history.epochs.map(\.testAccuracy)),
      ("epoch/seconds", history.epochs.map { Float($0.seconds) }),
    ] {
      file.tensors[Self.historyPrefix + name] = try Safetensors.Tensor(floats: values, shape: [values.count])
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    file.metadata["training_version"] = "\(Self.formatVersion)"
    file.metadata["training_settings"] = String(decoding: try encoder.encode(settings), as: UTF8.self)
    file.metadata["training_updates"] = "\(updateCount)"
    file.metadata["training_batches"] = "\(stepNumber)"
    file.metadata["training_rate_factor"] = "\(learningRateFactor)"
  }

  /// Takes the state out of a file that ``write(to:)`` has added it to; `nil` if there is none.
  ///
  /// - Parameters:
  ///   - file: Loses the tensors of the state.
  ///   - metadata: The file's metadata.
  ///   - step: The steps that the run has made.
  /// - Throws: ``TrainingError``: `malformedModel` if the state is damaged or of a newer version, `notFinite` if what the optimiser keeps is
  ///   infinite or NaN.
  init?(takingFrom file: inout Safetensors, _ metadata: Checkpoint.Metadata, step: Int) throws {
    guard metadata.has("training_version") else { return nil }
    let version = try metadata.value("training_version") { Int($0) }
    guard version == Self.formatVersion else {
      throw TrainingError(
        .malformedModel,
        "\(metadata.path): has a training of format \(version), and only \(Self.formatVersion) is read: use a newer version"
      )
    }
    settings = try metadata.value("training_settings") {
      try? JSONDecoder().decode([String: String].self, from: Data($0.utf8))
    }
    updateCount = try metadata.value("training_updates") { Int($0).flatMap { $0 >= 0 ? $0 : nil } }
    stepNumber = try metadata.value("training_batches") { Int32($0).map(Int.init) }
    learningRateFactor = try metadata.value("training_rate_factor") { Float($0).flatMap { $0.isFinite ? $0 : nil } }

    var optimizer: [String: Tensors] = [:]
    var averages: Tensors = [:]
    for name in file.names where name.hasPrefix(Self.prefix) && !name.hasPrefix(Self.historyPrefix) {
      guard let tensor = file.tensors.removeValue(forKey: name) else { continue }
      let values = (shape: Shape(tensor.shape), values: try tensor.floats(name: "\(metadata.path): \(name)"))
      try Checkpoint.requireFinite([name: values], path: metadata.path)
      let parts = name.dropFirst(Self.prefix.count).split(separator: "/", omittingEmptySubsequences: false)
      switch (parts.first, parts.count) {
      case ("optimizer", 3...):
        optimizer[String(parts[1]), default: [:]][parts[2...].joined(separator: "/")] = values
      case ("average", 2...):
        averages[parts[1...].joined(separator: "/")] = values
      default:
        throw Self.damage(metadata.path, "it has an unknown tensor \(name)")
      }
    }
    self.optimizer = optimizer
    self.averages = averages
    history = try Self.history(takenFrom: &file, path: metadata.path, step: step)
  }

  private static func history(
    takenFrom file: inout Safetensors, path: String, step: Int
  ) throws -> TrainingHistory {
    func tensor(_ name: String, count: Int?) throws -> Safetensors.Tensor {
      guard let tensor = file.tensors.removeValue(forKey: historyPrefix + name) else {
        throw damage(path, "\(historyPrefix)\(name) is missing")
      }
      guard tensor.shape == [count ?? tensor.count] else {
        throw damage(path, "\(historyPrefix)\(name) has the shape \(Shape(tensor.shape))")
      }
      return tensor
    }
    func floats(_ name: String, count: Int) throws -> [Float] { try tensor(name, count: count).floats(name: path) }
    func integers(_ name: String, count: Int?) throws -> [Int] {
      try tensor(name, count: count).int32s(name: path).map(Int.init)
    }

    var history = TrainingHistory()
    let epochs = try integers("step/epoch", count: step)
    let (losses, accuracies) = try (floats("step/loss", count: step), floats("step/accuracy", count: step))
    for index in epochs.indices {
      guard losses[index].isFinite, (0...1).contains(accuracies[index]), epochs[index] >= 1 else {
        throw damage(path, "step \(index + 1) of its history is impossible")
      }
      history.steps.append(
        TrainingHistory.Step(
          epoch: epochs[index], step: index + 1, loss: losses[index], accuracy: accuracies[index]))
    }
    let numbers = try integers("epoch/epoch", count: nil)
    let count = numbers.count
    let ends = try integers("epoch/step", count: count)
    let trained = try (floats("epoch/loss", count: count), floats("epoch/accuracy", count: count))
    let tested = try (floats("epoch/test_loss", count: count), floats("epoch/test_accuracy", count: count))
    let seconds = try floats("epoch/seconds", count: count)
    for index in numbers.indices {
      guard (1...max(step, 1)).contains(ends[index]), ends[index] > history.epochs.last?.step ?? 0 else {
        throw damage(path, "epoch \(index + 1) of its history is impossible")
      }
      history.epochs.append(
        TrainingHistory.Epoch(
          epoch: numbers[index], step: ends[index], loss: trained.0[index], accuracy: trained.1[index],
          testLoss: tested.0[index], testAccuracy: tested.1[index], seconds: Double(seconds[index])))
    }
    return history
  }

  private static func damage(_ path: String, _ what: String) -> TrainingError {
    TrainingError(.malformedModel, "\(path): the training is damaged, \(what): start it again")
  }
}
