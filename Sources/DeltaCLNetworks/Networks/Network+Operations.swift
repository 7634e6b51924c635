public import DeltaCL

extension Network {
  /// The operations of a training step in the order in which they run, forward, loss, deltas and gradients.
  ///
  /// - Throws: ``NetworkError`` if the network does not fit together.
  public func trainingOperations(batch: Int) throws -> [TensorOperation] {
    try TrainingGraph(self, batch: batch, loss: .softmaxCrossEntropy).graph.nodes.map(\.operation)
  }

  /// The operations of a training step with dropout, as ``TrainingStep`` compiles them: activations are fused, and the update of all
  /// parameters, with momentum, comes last.
  ///
  /// - Throws: ``NetworkError`` where the network does not fit together.
  package func compiledTrainingOperations(batch: Int) throws -> [TensorOperation] {
    let training = try TrainingGraph(self, batch: batch, loss: .softmaxCrossEntropy, dropoutSeed: 0)
    let kept = [training.output, training.loss] + (training.correctCount.map { [$0] } ?? [])
    let parameters = training.graph.parameters.reduce(0) { $0 + $1.value.shape.elementCount }
    let update = try SGD(momentum: 0.9).update(count: parameters)
    return training.graph.fused(keeping: Set(kept.map(\.id))).nodes.map(\.operation) + [update]
  }

  /// The operations of inference, as ``InferenceStep`` compiles them: activations are fused.
  ///
  /// - Throws: ``NetworkError`` where the network does not fit together.
  package func compiledInferenceOperations(batch: Int) throws -> [TensorOperation] {
    let inference = try forward(batch: batch, mode: .inference)
    return inference.graph.fused(keeping: [inference.output.id]).nodes.map(\.operation)
  }
}
