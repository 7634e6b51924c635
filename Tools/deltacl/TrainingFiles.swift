import DeltaCLData
import DeltaCLNetworks
import DeltaCLSystem

/// The files that a training run leaves in its folder, which it keeps for itself.
///
/// They change together: all new ones are on the disk before a few renames put them in place, the checkpoint to go on from last. After a kill
/// at any moment the steps of metrics.jsonl reach at least to that of its metadata.
final class TrainingFiles {
  /// What is written.
  struct Contents {
    let trainer: Trainer
    let command: TrainCommand
    let title: String
  }

  /// The folder that the others lie in.
  let folder: String
  /// The best model so far.
  let model: String
  /// The same under the name that says so.
  let best: String
  /// The checkpoint to go on from.
  let last: String
  let metrics: String
  let curves: String
  /// The options, for `--recipe`.
  let recipe: String
  private let lock: FolderLock
  /// What was there before the epoch that is not evaluated yet.
  private var backup: FileBackup?

  /// The paths, for messages.
  var list: String {
    "\([model, best, last, metrics, curves].map(\.escapedForTerminal).joined(separator: ", ")) and \(recipe.escapedForTerminal)"
  }

  private var all: [String] { [model, best, last, metrics, curves, recipe] }

  /// The checkpoint to go on from in a folder.
  static func last(in folder: String) -> String { "\(folder)/last.safetensors" }

  /// Creates and locks the folder and makes sure that the files can be written there, before any time is spent on training.
  ///
  /// - Throws: `DataError` if they cannot; ``CommandFailure`` if another training has locked the folder.
  init(folder: String) throws {
    let folder = NativePath.withoutFinalSlash(folder)
    self.folder = folder
    model = "\(folder)/model.safetensors"
    best = "\(folder)/best.safetensors"
    last = Self.last(in: folder)
    metrics = "\(folder)/metrics.jsonl"
    curves = "\(folder)/curves.svg"
    recipe = "\(folder)/recipe.json"
    try FileSystem.createFolder(folder)
    lock = try FolderLock(folder)
    for path in all {
      guard !FileSystem.isFolder(path) else {
        throw DataError(.writeFailed, path, "is a folder where a file is to be written; choose another output folder")
      }
      try AtomicFile.probe(path, isOfSet: true)
    }
  }

  /// Writes all as the run stands, the models too if none is evaluated yet.
  ///
  /// - Throws: `TrainingError` if the parameters are not finite, `DataError` if a file cannot be written; the old ones stay then.
  func write(_ contents: Contents) throws {
    let models = contents.trainer.history.bestEpoch == nil ? try models(contents) : []
    var file = try contents.trainer.resumableCheckpoint().safetensors()
    try TrainingRecipe.add(contents.command, to: &file)
    let recipe = try ([Array(TrainingRecipe.text(of: contents.command).utf8)], recipe)
    try AtomicFile.write(history(contents) + models + [recipe, (file.parts(name: last), last)])
  }

  /// Writes all before an evaluation and keeps the old ones until it is done.
  ///
  /// - Throws: As ``write(_:)``.
  func writeUnevaluated(_ contents: Contents) throws {
    let backup = try FileBackup(all)
    try write(contents)
    self.backup = backup
  }

  /// Adds what the evaluation has found, and the models if they are the best so far. The checkpoint stays: whoever goes on from it evaluates
  /// again.
  ///
  /// - Throws: `DataError` if a file cannot be written.
  func writeEvaluation(_ contents: Contents, isBest: Bool) throws {
    backup = nil
    try AtomicFile.write(history(contents) + (isBest ? try models(contents) : []))
  }

  /// Undoes ``writeUnevaluated(_:)``, because the evaluation shows that the training has diverged.
  func restore() {
    for path in backup?.restore() ?? [] {
      Output.message("warning: \(path.escapedForTerminal) could not be put back as it was before the training diverged")
    }
    backup = nil
  }

  private func history(_ contents: Contents) -> [(parts: [[UInt8]], path: String)] {
    let history = contents.trainer.history
    return [
      ([Array(history.jsonLines.utf8)], metrics),
      ([Array(CurvesSVG(history, title: contents.title).text.utf8)], curves),
    ]
  }

  private func models(_ contents: Contents) throws -> [(parts: [[UInt8]], path: String)] {
    let parts = try contents.trainer.checkpoint().safetensors().parts(name: model)
    return [(parts, best), (parts, model)]
  }
}
