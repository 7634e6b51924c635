import DeltaCLData
import DeltaCLNetworks
import Foundation

/// The files that a training run leaves in its folder.
struct TrainingFiles {
  let model: String
  let metrics: String
  let curves: String

  /// The three paths, for messages.
  var list: String { "\(model), \(metrics) and \(curves)" }

  /// Creates the folder and makes sure that the files can be written there, before any time is spent on training.
  ///
  /// - Throws: `DataError` where they cannot.
  init(folder: String) throws {
    let folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    model = "\(folder)/model.safetensors"
    metrics = "\(folder)/metrics.jsonl"
    curves = "\(folder)/curves.svg"
    try FileSystem.createFolder(folder)
    for path in [model, metrics, curves] where FileSystem.isFolder(path) {
      throw DataError(.writeFailed, path, "is a folder where a file is to be written; choose another output folder")
    }
    try AtomicFile.probe(model)
  }

  /// Writes all three as the run stands, each whole or not at all.
  func write(_ trainer: Trainer, title: String) throws {
    try trainer.checkpoint().write(to: model)
    try AtomicFile.write(trainer.history.jsonLines, to: metrics)
    try AtomicFile.write(CurvesSVG(trainer.history, title: title).text, to: curves)
  }
}
