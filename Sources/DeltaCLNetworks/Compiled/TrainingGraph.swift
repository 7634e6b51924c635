import DeltaCL

/// The graph of one training step without the update: forward, loss, deltas and gradients.
struct TrainingGraph {
  let graph: Graph
  let images: GraphValue
  let labels: GraphValue
  let output: GraphValue
  let loss: GraphValue
  /// The number of examples whose class was predicted; `nil` for losses without classes.
  let correctCount: GraphValue?
  /// By the ids of the parameters.
  let gradients: [Int: GraphValue]

  /// The number of the step; `nil` if nothing depends on it.
  let step: GraphValue?

  /// - Parameters:
  ///   - labelSmoothing: The share of each label that softmax cross-entropy spreads over all classes.
  ///   - dropoutSeed: What dropout layers draw from; `nil` turns them off.
  init(
    _ network: Network, batch: Int, loss kind: Loss, labelSmoothing: Float = 0, dropoutSeed: UInt64? = nil
  ) throws {
    let forward = try network.forward(batch: batch, mode: .training(dropoutSeed: dropoutSeed))
    var graph = forward.graph
    images = forward.images
    output = forward.output
    step = forward.graph.entries.first { $0.role == .step }?.value
    let count = output.shape.elementCount

    switch kind {
    case .softmaxCrossEntropy:
      guard output.shape == [batch, network.classes] else {
        throw NetworkError(
          .invalidOutput,
          "network \(network.name): its output is \(output.shape), not the logits \(Shape([batch, network.classes])); "
            + "end it with a dense layer of \(network.classes) outputs")
      }
      labels = graph.add("labels", [batch], .int32, role: .labels)
      loss = try graph.append(
        .softmaxCrossEntropy(rows: batch, classes: network.classes, labelSmoothing: labelSmoothing), [output, labels],
        label: "loss")[0]
      correctCount = try graph.append(
        .correctPredictions(rows: batch, classes: network.classes), [output, labels], label: "accuracy")[0]
    case .meanSquaredError:
      labels = graph.add("labels", output.shape, role: .labels)
      loss = try graph.append(.meanSquaredError(count: count), [output, labels], label: "loss")[0]
      correctCount = nil
    }
    gradients = try graph.differentiate(loss)
    self.graph = graph
  }
}
