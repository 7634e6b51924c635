import DeltaCL
public import DeltaCLData
import Foundation

/// Runs a network over labelled images and counts what it gets right.
///
/// Not `Sendable`: an instance belongs to one thread at a time.
public final class Evaluator {
  private let network: Network
  private let parameters: Parameters
  /// The most images to run at a time, fewer than was asked for if those do not fit.
  public private(set) var batchSize: Int
  /// The forward pass by batch size: that of full batches and those of last, short ones.
  private var steps: [Int: InferenceStep] = [:]

  /// The `float32` elements that the activations of a batch may take, 512 MiB. Larger batches of large networks are not faster, and
  /// training needs the memory.
  static let elementLimit = 1 << 27

  /// Creates an evaluator of the parameters as they are when ``evaluate(_:normalization:)`` is called.
  ///
  /// - Parameters:
  ///   - network: What to evaluate.
  ///   - parameters: The network's parameters.
  ///   - batchSize: The images to run at a time, at least 1; fewer are run if a network's activations are large or the
  ///     device has no room.
  /// - Throws: ``NetworkError`` if the network does not fit together.
  public init(_ network: Network, _ parameters: Parameters, batchSize: Int = 250) throws {
    self.network = network
    self.parameters = parameters
    self.batchSize = max(1, min(batchSize, Self.elementLimit / max(1, try network.inferenceElementCount())))
  }

  /// Compiles the forward passes that ``evaluate(_:normalization:)`` will need and allocates their memory, so that a lack of memory is
  /// found before other work.
  ///
  /// - Parameter count: The images that will be evaluated.
  /// - Throws: ``NetworkError`` if the network has other parameters; what the backend throws, as for want of memory.
  public func prepare(count: Int) throws {
    guard count > 0 else { return }
    while true {
      let batch = min(batchSize, count)
      do {
        _ = try step(batch: batch)
        if count % batch > 0 { _ = try step(batch: count % batch) }
        return
      } catch let error as DeltaCLError where batch > 1 && [.tooLarge, .outOfMemory].contains(error.code) {
        steps = [:]
        batchSize = (batch + 1) / 2
      }
    }
  }

  /// Classifies every image, brought to the form that the network takes.
  ///
  /// - Throws: ``TrainingError`` (`unsuitableDataset`) if a label does not fit the network; `DataError` if an image cannot be read or
  ///   converted; what the backend throws.
  public func evaluate(_ images: any LabeledImages, normalization: Normalization) throws -> Evaluation {
    try network.requireFit(of: images)
    try prepare(count: images.count)
    let preparation = try network.preparation(normalization: normalization, pixelMaximum: images.pixelMaximum)
    let loader = BatchLoader(images, preparation: preparation, batchSize: batchSize)
    var confusion = ConfusionMatrix(classes: network.classes)
    var top5Count = 0
    var loss = 0.0
    while let batch = try loader.next() {
      let step = try step(batch: batch.count)
      try step.run(images: batch.images)
      let logits = try step.logits()
      batch.labels.withUnsafeBytes { labels in
        for (row, label) in labels.assumingMemoryBound(to: Int32.self).prefix(batch.count).enumerated() {
          let logits = logits[row * network.classes..<(row + 1) * network.classes]
          confusion.add(label: Int(label), predicted: logits.offsetOfGreatest)
          if logits.rank(of: Int(label)) < Evaluation.topCount { top5Count += 1 }
          loss += crossEntropy(logits, label: Int(label))
        }
      }
      loader.recycle(batch)
    }
    return Evaluation(confusion: confusion, top5Count: top5Count, loss: Float(loss / Double(images.count)))
  }

  private func step(batch: Int) throws -> InferenceStep {
    if let step = steps[batch] { return step }
    let step = try InferenceStep(network, parameters, batch: batch)
    steps[batch] = step
    return step
  }

  /// The logarithm of the sum of the logits' exponentials, less the label's logit.
  private func crossEntropy(_ logits: ArraySlice<Float>, label: Int) -> Double {
    let greatest = Double(logits.max() ?? 0)
    let sum = logits.reduce(0) { $0 + exp(Double($1) - greatest) }
    return greatest + log(sum) - Double(logits[logits.startIndex + label])
  }
}

extension Network {
  /// The `float32` elements that the activations of one image take in inference, those of a step that live at the same time.
  func inferenceElementCount() throws -> Int {
    let forward = try forward(batch: 1, mode: .inference)
    let external = Set((forward.graph.parameters + forward.graph.statistics).map(\.value.id))
    let kept: Set = [forward.output.id]
    let graph = forward.graph.fused(keeping: kept.union(external))
    return MemoryPlan(graph, scratchByteCounts: [], kept: kept, external: external, alignment: 1).counts[.float32] ?? 0
  }
}

extension ArraySlice<Float> {
  /// Where the greatest element is, the first of equals; 0 without any.
  fileprivate var offsetOfGreatest: Int {
    (indices.max { self[$0] < self[$1] || (self[$0] == self[$1] && $0 > $1) } ?? startIndex) - startIndex
  }

  /// How many elements come before that at `offset` if the greatest is the first, of equals that with the lowest index. NaN comes after
  /// all numbers if it is the element and before them if it is another, so that it makes no class look right.
  fileprivate func rank(of offset: Int) -> Int {
    let index = startIndex + offset
    let value = self[index]
    return indices.count { $0 != index && !(self[$0] < value || (self[$0] == value && $0 > index)) }
  }
}
