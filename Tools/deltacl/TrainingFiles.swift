import DeltaCLData
import DeltaCLNetworks
import DeltaCLSystem

/// The files that a training run leaves in its folder, which it keeps for itself.
///
/// They change together: all new ones are on the disk before a few renames put them in place, the model last. After a kill at any moment
/// the steps of metrics.jsonl reach at least to that of the model's metadata.
final class TrainingFiles {
  /// The folder that the others lie in.
  let folder: String
  let model: String
  let metrics: String
  let curves: String
  private let lock: FolderLock
  /// What was there before the epoch that is not evaluated yet.
  private var backup: FileBackup?

  /// The three paths, for messages.
  var list: String {
    "\([model, metrics].map(\.escapedForTerminal).joined(separator: ", ")) and \(curves.escapedForTerminal)"
  }

  /// Creates and locks the folder and makes sure that the files can be written there, before any time is spent on training.
  ///
  /// - Throws: `DataError` if they cannot; ``CommandFailure`` if another training has locked the folder.
  init(folder: String) throws {
    let folder = NativePath.withoutFinalSlash(folder)
    self.folder = folder
    model = "\(folder)/model.safetensors"
    metrics = "\(folder)/metrics.jsonl"
    curves = "\(folder)/curves.svg"
    try FileSystem.createFolder(folder)
    lock = try FolderLock(folder)
    for path in [model, metrics, curves] {
      guard !FileSystem.isFolder(path) else {
        throw DataError(.writeFailed, path, "is a folder where a file is to be written; choose another output folder")
      }
      try AtomicFile.probe(path, isOfSet: true)
    }
  }

  /// Writes all three as the run stands.
  ///
  /// - Throws: `TrainingError` if the parameters are not finite, `DataError` if a file cannot be written; the old ones stay then.
  func write(_ trainer: Trainer, title: String) throws {
    let model = try trainer.checkpoint().safetensors().parts(name: model)
    try AtomicFile.write(history(of: trainer, title: title) + [(model, self.model)])
  }

  /// Writes all three before an evaluation and keeps the old ones until it is done.
  ///
  /// - Throws: As ``write(_:title:)``.
  func writeUnevaluated(_ trainer: Trainer, title: String) throws {
    let backup = try FileBackup([model, metrics, curves])
    try write(trainer, title: title)
    self.backup = backup
  }

  /// Adds what the evaluation has found; the model stays.
  ///
  /// - Throws: `DataError` if a file cannot be written.
  func writeEvaluation(_ trainer: Trainer, title: String) throws {
    backup = nil
    try AtomicFile.write(history(of: trainer, title: title))
  }

  /// Undoes ``writeUnevaluated(_:title:)``, because the evaluation shows that the training has diverged.
  func restore() {
    for path in backup?.restore() ?? [] {
      Output.message("warning: \(path.escapedForTerminal) could not be put back as it was before the training diverged")
    }
    backup = nil
  }

  private func history(of trainer: Trainer, title: String) -> [(parts: [[UInt8]], path: String)] {
    [
      ([Array(trainer.history.jsonLines.utf8)], metrics),
      ([Array(CurvesSVG(trainer.history, title: title).text.utf8)], curves),
    ]
  }
}
