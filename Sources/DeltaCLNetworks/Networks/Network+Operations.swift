public import DeltaCL

extension Network {
  /// The operations of a training step in the order in which they run, forward, loss, deltas and gradients.
  ///
  /// - Throws: ``NetworkError`` if the network does not fit together.
  public func trainingOperations(batch: Int) throws -> [TensorOperation] {
    try TrainingGraph(self, batch: batch, loss: .softmaxCrossEntropy).graph.nodes.map(\.operation)
  }
}
