import DeltaCLData
import DeltaCLNetworks

/// One run of `train`: what it prints and saves while it goes on.
struct TrainingSession {
  private let command: TrainCommand
  private let trainer: Trainer
  private let files: TrainingFiles
  private let title: String
  private var output = TrainingOutput()
  /// The test images by the best model, if this run has evaluated it.
  private var best: (epoch: TrainingHistory.Epoch, evaluation: Evaluation)?

  init(_ command: TrainCommand, _ trainer: Trainer, _ files: TrainingFiles, title: String) {
    self.command = command
    self.trainer = trainer
    self.files = files
    self.title = title
  }

  /// Trains to the end or until a signal comes.
  mutating func run() throws -> TrainingResult {
    let (epochs, name) = (trainer.configuration.epochs, trainer.history.evaluationName)
    do {
      let result = try trainer.run { event in
        switch event {
        case .step(let step):
          output.attempt { try $0.show(TrainingText.line(for: step, epochs: epochs)) }
        case .trained:
          try files.writeUnevaluated(contents())
        case .epoch(let epoch):
          if trainer.history.bestEpoch == epoch { best = trainer.evaluation.map { (epoch, $0) } }
          try files.writeEvaluation(contents(), isBest: best?.epoch == epoch)
          output.attempt { try $0.finish(TrainingText.line(for: epoch, epochs: epochs, evaluated: name)) }
        }
      }
      output.attempt { try $0.clear() }
      return result
    } catch {
      output.attempt { try $0.clear() }
      if let error = error as? TrainingError, error.code == .diverged { files.restore() }
      throw error
    }
  }

  /// Saves a run that was stopped and says how to go on.
  func saveStopped() throws {
    guard let step = trainer.history.steps.last?.step else {
      return Output.message("stopped before the first step; nothing was written")
    }
    try files.write(contents())
    Output.message("stopped after step \(step); wrote \(files.list)")
    Output.message("to go on: deltacl train --resume \(files.folder.quotedForShell)")
  }

  /// Prints how well the best model does with the test images.
  mutating func printBest(_ data: Dataset) throws {
    var evaluation = trainer.validation == nil ? best?.evaluation : nil
    if evaluation == nil, trainer.dataset.test.count > 0 {
      let checkpoint = try Checkpoint(contentsOf: files.model)
      let parameters = try checkpoint.parameters(of: trainer.network, on: trainer.parameters.backend)
      evaluation = try Evaluator(trainer.network, parameters).evaluate(
        trainer.dataset.test, normalization: checkpoint.normalization)
    }
    if let epoch = trainer.history.bestEpoch, epoch.step != trainer.history.steps.count {
      Output.message("the best model is that of epoch \(epoch.epoch)")
    }
    if let evaluation {
      output.attempt { _ in try TrainingText.printEvaluation(evaluation, classNames: data.classNames) }
    }
    Output.message("wrote \(files.list)")
  }

  /// Throws what prevented printing.
  func end() throws { try output.end() }

  private func contents() -> TrainingFiles.Contents {
    TrainingFiles.Contents(trainer: trainer, command: command, title: title)
  }
}
