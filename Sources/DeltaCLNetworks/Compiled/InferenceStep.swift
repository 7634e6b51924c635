public import DeltaCL
public import OpenCL

/// A network's forward pass, compiled for one batch size into calls that are replayed batch after batch.
///
/// Not `Sendable`: an instance belongs to one thread at a time.
public final class InferenceStep {
  /// The number of examples in a batch.
  public let batch: Int
  /// `[batch, H, W, C]`.
  public var imagesShape: Shape { images.shape }
  /// The shape of ``logits()`` and ``probabilities()``, `[batch, classes]` for a classifier.
  public var outputShape: Shape { output.shape }

  private let images: Tensor
  private let output: Tensor
  private let softmax: Tensor
  private let compiled: CompiledGraph

  /// Multiplications and additions of a run, as the mathematics counts them.
  public var floatingPointOperations: Int { compiled.floatingPointOperations }
  /// The bytes that the operations of a run must move at least, the batch aside.
  public var byteCount: Int { compiled.byteCount }

  /// Compiles a step.
  ///
  /// - Throws: ``NetworkError`` if the network does not fit together or has other parameters; what the backend throws.
  public init(_ network: Network, _ parameters: Parameters, batch: Int) throws {
    let forward = try network.forward(batch: batch, mode: .inference)
    var graph = forward.graph
    let shape = forward.output.shape
    let classes = shape.dimensions.last ?? 1
    let probabilities = try graph.append(
      .softmax(rows: shape.elementCount / max(1, classes), classes: classes), [forward.output], label: "probabilities")[
        0]
    compiled = try CompiledGraph(
      graph, keeping: [forward.output, probabilities], external: parameters.storages(for: graph), on: parameters.backend
    )
    self.batch = batch
    images = try compiled.tensor(forward.images)
    output = try compiled.tensor(forward.output)
    softmax = try compiled.tensor(probabilities)
  }

  /// Enqueues the forward pass of a batch and returns at once.
  ///
  /// - Parameter images: `float32` `[batch, H, W, C]`, whose contents must not change until ``logits()``, ``probabilities()``
  ///   or the backend's `finish()` has returned.
  /// - Throws: ``NetworkError`` (`invalidArgument`) for memory of another size.
  public func run(images: HostMemory) throws {
    try self.images.requireCount(of: images, "images")
    try self.images.storage.write(images)
    try compiled.enqueue()
  }

  /// Enqueues the forward pass of a batch of values, which are copied first.
  public func run(images: [Float]) throws {
    try self.images.requireCount(images.count, "images")
    try self.images.write(images)
    try compiled.enqueue()
  }

  /// Waits for the last run and reads the network's output, row by row.
  public func logits() throws -> [Float] {
    try output.floats()
  }

  /// Waits for the last run and reads the softmax of the output, row by row.
  public func probabilities() throws -> [Float] {
    try softmax.floats()
  }
}
