import DeltaCL

/// The update of parameters by their gradients, bound: clipping, the optimiser's operation and the moving average of the weights.
///
/// Nothing waits for the device: what one operation finds, such as the gradient's norm, the next one reads there.
final class ParameterUpdate {
  private let parameters: Parameters
  private let optimizer: any Optimizer
  private let training: TrainingBuffers
  private let averageDecay: Float?
  /// The numbers that change from update to update, each in memory of the device.
  private let scalars: Variable
  private let scale: Variable
  private let kept: Variable
  /// In the order in which they run.
  private var calls: [any BoundOperation] = []
  private var accumulation: Accumulation?

  /// Sums of gradients over batches, bound.
  private struct Accumulation {
    let begin: any BoundOperation
    let add: any BoundOperation
    let end: any BoundOperation
  }

  /// - Throws: ``NetworkError`` (`invalidArgument`) if the optimiser's operation does not update parameters; `DeltaCLError` if
  ///   values are out of range; what the backend throws.
  init(
    _ parameters: Parameters, optimizer: any Optimizer, clipping: GradientClipping, averageDecay: Float?
  ) throws {
    if let averageDecay, !(0..<1).contains(averageDecay) {
      throw NetworkError(
        .invalidArgument, "the decay of the weights' averages must be from 0 to below 1, not \(averageDecay)")
    }
    let backend = parameters.backend
    let count = parameters.layout.count
    let operation = try optimizer.update(count: count)
    let state = try Self.state(of: operation, count: count, optimizer)
    self.parameters = parameters
    self.optimizer = optimizer
    self.averageDecay = averageDecay
    training = try parameters.training()
    scalars = try Variable(count: operation.operands[0].shape.elementCount, on: backend)
    scale = try Variable(count: 1, on: backend)
    kept = try Variable(count: 1, on: backend)
    if count == 0 { return }

    let gradient = training.gradients.storage
    var factor = scale.storage
    if let limit = clipping.value {
      calls.append(try Self.bind(.clipValue(count: count, limit: limit), [factor, gradient], on: backend))
      factor = try Tensor([1] as [Float], shape: [1], on: backend).storage
    }
    if let maximum = clipping.norm {
      let clipped = try backend.allocate(.float32, count: 1)
      calls.append(try Self.bind(.clipNorm(count: count, maximum: maximum), [factor, gradient, clipped], on: backend))
      factor = clipped
    }
    let kept = try state.map { try training.state($0).storage }
    calls.append(
      try Self.bind(operation, [scalars.storage, factor, gradient, parameters.trainable] + kept, on: backend))
    if averageDecay != nil {
      let values = parameters.values
      calls.append(
        try Self.bind(
          .movingAverage(count: values.layout.count),
          [self.kept.storage, values.storage, training.averages(of: parameters).values.storage], on: backend))
    }
  }

  /// Allocates what sums over batches need.
  func prepareAccumulation() throws {
    guard accumulation == nil, parameters.layout.count > 0 else { return }
    let (backend, count) = (parameters.backend, parameters.layout.count)
    let (gradient, sums) = (training.gradients.storage, try training.sums().storage)
    accumulation = Accumulation(
      begin: try Self.bind(.copy(count: count), [gradient, sums], on: backend),
      add: try Self.bind(.add(count: count), [sums, gradient, sums], on: backend),
      end: try Self.bind(.add(count: count), [gradient, sums, gradient], on: backend))
  }

  /// Keeps the gradients of a batch for the update that follows.
  func accumulate() throws {
    try prepareAccumulation()
    let isFirst = training.batchCount == 0
    try (isFirst ? accumulation?.begin : accumulation?.add)?.enqueue()
    training.batchCount += 1
  }

  /// Enqueues the update by the mean of the gradients of a batch and of those that were accumulated before it.
  ///
  /// - Throws: ``NetworkError`` (`invalidArgument`) if the optimiser gives another number of scalars than its operation takes.
  func enqueue(learningRate: Float) throws {
    let number = training.updateCount + 1
    try scalars.set(optimizer.scalars(learningRate: learningRate, update: number), optimizer)
    if training.batchCount > 0 {
      try prepareAccumulation()
      try accumulation?.end.enqueue()
    }
    try scale.set([1 / Float(training.batchCount + 1)], optimizer)
    if let averageDecay { try kept.set([number == 1 ? 0 : averageDecay], optimizer) }
    for call in calls { try call.enqueue() }
    training.batchCount = 0
    training.updateCount = number
  }

  /// The names of what the operation keeps for each parameter.
  private static func state(
    of operation: TensorOperation, count: Int, _ optimizer: any Optimizer
  ) throws -> [String] {
    let operands = operation.operands
    let each: Shape = [count]
    let isUpdate =
      operands.count >= 4 && operands[0...2].allSatisfy { $0.access == .read } && operands[1].shape == [1]
      && operands[2].shape == each && operands[3...].allSatisfy { $0.access == .update && $0.shape == each }
      && operands.allSatisfy { $0.elementType == .float32 }
    guard isUpdate else {
      throw NetworkError(
        .invalidArgument,
        "\(optimizer): the operation \(operation.name) must read scalars, a scale [1] and gradients \(each), and update "
          + "parameters \(each) and what is kept for each of them")
    }
    return operands[4...].map(\.name)
  }

  private static func bind(
    _ operation: TensorOperation, _ operands: [any Storage], on backend: any Backend
  ) throws -> any BoundOperation {
    let plan = try backend.plan(for: operation)
    return try plan.bind(operands, scratch: backend.sharedScratch(for: plan), label: "update \(operation.name)")
  }

  /// A few numbers on the device, which are written where they change.
  private final class Variable {
    private let tensor: Tensor
    private var written: [Float] = []

    init(count: Int, on backend: any Backend) throws {
      tensor = try Tensor(backend.allocate(.float32, count: count), shape: [count])
    }

    var storage: any Storage { tensor.storage }

    func set(_ values: [Float], _ optimizer: any Optimizer) throws {
      guard values != written else { return }
      guard values.count == tensor.storage.count else {
        throw NetworkError(
          .invalidArgument,
          "\(optimizer): gives \(values.count) scalars, and its operation takes \(tensor.storage.count)")
      }
      try tensor.write(values)
      written = values
    }
  }
}
