public import DeltaCL
public import OpenCL

/// A network with its loss and optimiser, compiled for one batch size into calls that are replayed step after step.
///
/// Training follows eleven steps. ``Parameters`` (1) initialises kernels and biases. Each iteration (2) draws a batch, and
/// ``run(images:labels:)-(HostMemory,_)`` enqueues the rest: (3) the forward pass, (4) the loss, (5) the output's delta, then from the last
/// layer to the first the deltas through (6) dense, (7) convolution and (8) pooling layers, (9) the gradients as soon as the
/// delta they need is there, (10) each summed over the batch, and (11) the update; until the iteration limit.
///
/// A run allocates nothing, makes no plan and sets no argument; it writes the batch, and the few numbers of the update that have changed.
/// Not `Sendable`: an instance belongs to one thread at a time. Steps on the same ``Parameters`` share gradients and the optimiser's
/// state.
public final class TrainingStep {
  /// The number of examples in a batch.
  public let batch: Int
  /// `[batch, H, W, C]`.
  public var imagesShape: Shape { images.shape }
  /// `[batch]`, or the output's shape for ``Loss/meanSquaredError``.
  public var labelsShape: Shape { labels.shape }
  /// The factor of the next update; must be finite and not negative.
  public var learningRate: Float = 0.01

  let lossTensor: Tensor
  private let images: Tensor
  private let labels: Tensor
  private let correct: Tensor?
  private let parameters: Parameters
  private let gradients: ParameterBuffer
  private let compiled: CompiledGraph
  private let update: ParameterUpdate
  /// Counts the batch, on which the random numbers of the next one depend.
  private let advance: (any BoundOperation)?

  /// Multiplications and additions of a run, as the mathematics counts them.
  public var floatingPointOperations: Int { compiled.floatingPointOperations }
  /// The bytes that the operations of a run must move at least, the update aside.
  public var byteCount: Int { compiled.byteCount }

  /// Compiles a step.
  ///
  /// - Parameters:
  ///   - network: The network to train.
  ///   - parameters: Its parameters, on whose backend the step runs.
  ///   - batch: The images of a batch.
  ///   - loss: What is minimised.
  ///   - labelSmoothing: The share of each label, from 0 to 1, that ``Loss/softmaxCrossEntropy`` spreads over all classes.
  ///   - optimizer: How the parameters follow their gradients.
  ///   - clipping: How large the gradients may be.
  ///   - averageDecay: What the moving averages of the weights, ``Parameters/averages()``, keep of themselves in an update, from 0 to below
  ///     1; `nil` for no averages.
  ///   - dropout: Whether dropout layers drop; they draw from the parameters' seed and the number of the batch.
  /// - Throws: ``NetworkError`` if the network does not fit together, does not end in what the loss needs or has other
  ///   parameters; `DeltaCLError` if the optimiser's values are out of range; what the backend throws.
  public init(
    _ network: Network, _ parameters: Parameters, batch: Int, loss: Loss = .softmaxCrossEntropy,
    labelSmoothing: Float = 0, optimizer: any Optimizer = SGD(), clipping: GradientClipping = GradientClipping(),
    averageDecay: Float? = nil,
    dropout: Bool = true
  ) throws {
    let backend = parameters.backend
    let step = try TrainingGraph(
      network, batch: batch, loss: loss, labelSmoothing: labelSmoothing, dropoutSeed: dropout ? parameters.seed : nil)
    var external = try parameters.storages(for: step.graph)
    let training = try parameters.training()
    for (parameter, slice) in zip(step.graph.parameters, training.gradients.slices) {
      if let gradient = step.gradients[parameter.value.id] { external[gradient.id] = slice }
    }
    if let number = step.step {
      external[number.id] = training.stepNumber
      advance = try backend.plan(for: .increment).bind([training.stepNumber], scratch: nil, label: "step increment")
    } else {
      advance = nil
    }
    compiled = try CompiledGraph(
      step.graph, keeping: [step.loss] + (step.correctCount.map { [$0] } ?? []), external: external, on: backend)
    images = try compiled.tensor(step.images)
    labels = try compiled.tensor(step.labels)
    lossTensor = try compiled.tensor(step.loss)
    correct = try step.correctCount.map(compiled.tensor)

    update = try ParameterUpdate(
      parameters, optimizer: optimizer, clipping: clipping, averageDecay: averageDecay)
    self.batch = batch
    self.parameters = parameters
    gradients = training.gradients
  }

  /// Enqueues one step on a batch and returns at once.
  ///
  /// - Parameters:
  ///   - images: `float32` `[batch, H, W, C]`.
  ///   - labels: `int32` `[batch]`, or `float32` of the output's shape for ``Loss/meanSquaredError``. The contents of both must
  ///     not change until a later ``loss()`` or ``correctCount()`` or the backend's `finish()` has returned.
  /// - Throws: ``NetworkError`` (`invalidArgument`) for memory of another size or an impossible learning rate.
  public func run(images: HostMemory, labels: HostMemory) throws {
    try write(images: images, labels: labels)
    try enqueue()
  }

  /// Enqueues a batch whose gradients wait for the next run, of this step or another on the same parameters. That one updates by the mean
  /// of all of them, as if their batches were one where they are of one size.
  ///
  /// - Parameters: As for ``run(images:labels:)-(HostMemory,_)``.
  /// - Throws: ``NetworkError`` (`invalidArgument`) for memory of another size; what the backend throws, as for want of memory for the
  ///   sums.
  public func accumulate(images: HostMemory, labels: HostMemory) throws {
    try write(images: images, labels: labels)
    try compiled.enqueue()
    try update.accumulate()
    try advance?.enqueue()
  }

  /// Allocates what ``accumulate(images:labels:)`` needs.
  func prepareAccumulation() throws { try update.prepareAccumulation() }

  /// Enqueues one step on a batch of values, which are copied first.
  public func run(images: [Float], labels: [Int32]) throws {
    try self.images.requireCount(images.count, "images")
    try self.labels.requireCount(labels.count, "labels")
    try self.images.write(images)
    try self.labels.write(labels)
    try enqueue()
  }

  /// Enqueues one step of ``Loss/meanSquaredError`` on a batch of values, which are copied first.
  public func run(images: [Float], targets: [Float]) throws {
    try self.images.requireCount(images.count, "images")
    try labels.requireCount(targets.count, "targets")
    try self.images.write(images)
    try labels.write(targets)
    try enqueue()
  }

  /// Waits for the last run and reads its loss, the mean over the batch before the update.
  public func loss() throws -> Float {
    try lossTensor.floats()[0]
  }

  /// Waits for the last run and reads how many of the batch's examples were predicted right before the update.
  ///
  /// - Throws: ``NetworkError`` (`invalidArgument`) for ``Loss/meanSquaredError``, which knows no classes.
  public func correctCount() throws -> Int {
    guard let correct else {
      throw NetworkError(.invalidArgument, "correctCount() needs the softmax cross-entropy loss")
    }
    return Int(try correct.int32s()[0])
  }

  /// Waits for the last run of any step on these parameters, and reads the gradient of a parameter: summed over the batches that were
  /// accumulated, and clipped if each element is.
  public func gradient(of name: String) throws -> [Float] {
    try gradients.read(parameters.layout.index(of: name))
  }

  private func write(images: HostMemory, labels: HostMemory) throws {
    try self.images.requireCount(of: images, "images")
    try self.labels.requireCount(of: labels, "labels")
    try self.images.storage.write(images)
    try self.labels.storage.write(labels)
  }

  private func enqueue() throws {
    guard learningRate.isFinite, learningRate >= 0 else {
      throw NetworkError(.invalidArgument, "the learning rate \(learningRate) must be finite and not negative")
    }
    try compiled.enqueue()
    try update.enqueue(learningRate: learningRate)
    try advance?.enqueue()
  }
}
