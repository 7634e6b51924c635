public import DeltaCL
import Synchronization

/// The parameters and statistics of a network on one backend, with the gradients and the optimiser's state that training adds.
///
/// Statistics, such as the running means of batch normalisation, have values but neither gradients nor a state. All parameters lie
/// in one storage, so that one operation updates them all; steps for several batch sizes share them.
public final class Parameters: Sendable {
  /// A parameter or statistic with its name and values.
  public typealias Named = (name: String, shape: Shape, values: [Float])

  /// Where the parameters live.
  public let backend: any Backend
  /// What the initial values and dropout are drawn from.
  public let seed: UInt64
  /// The parameters alone.
  let layout: ParameterLayout
  /// The parameters and then the statistics, whose layout begins like ``layout``.
  let values: ParameterBuffer
  /// The part of the values that the optimiser updates.
  let trainable: any Storage
  private let trainingBuffers = Mutex<TrainingBuffers?>(nil)

  /// Draws the initial parameters of a network: the same values for the same seed on every backend.
  ///
  /// - Throws: ``NetworkError`` if the network's layers do not fit each other; what the backend throws, as for want of
  ///   memory.
  public convenience init(_ network: Network, seed: UInt64, on backend: any Backend) throws {
    try self.init(network, seed: seed, on: backend) { layout, entries in
      { index, values in
        switch entries[index].role {
        case .parameter(let initializer, let fans):
          var generator = Philox(seed: seed, stream: .initialization(parameter: index))
          initializer.fill(values, fans: fans, from: &generator)
        case .statistic(let initial):
          values.update(repeating: initial)
        default:
          break
        }
      }
    }
  }

  /// Takes the parameters and statistics of a network from tensors, as ``load(_:)`` does.
  ///
  /// - Parameters:
  ///   - network: The network whose parameters and statistics they are.
  ///   - tensors: Shapes and values by their names.
  ///   - seed: What dropout draws from.
  ///   - backend: Where the parameters live.
  /// - Throws: ``NetworkError`` (`mismatchedParameters`) that lists missing, unknown and wrongly shaped names.
  public convenience init(
    _ network: Network, tensors: [String: (shape: Shape, values: [Float])], seed: UInt64 = 0, on backend: any Backend
  ) throws {
    try self.init(network, seed: seed, on: backend) { layout, _ in
      try layout.validate(tensors)
      return layout.copying(tensors)
    }
  }

  private init(
    _ network: Network, seed: UInt64, on backend: any Backend,
    values fill: (ParameterLayout, [Graph.Entry]) throws -> (Int, UnsafeMutableBufferPointer<Float>) -> Void
  ) throws {
    // Batch normalisation cannot be trained on every batch of one, but declares the same in inference.
    let graph = try network.forward(batch: 1, mode: .inference).graph
    let entries = graph.parameters + graph.statistics
    self.backend = backend
    self.seed = seed
    layout = ParameterLayout(graph.parameters, alignment: backend.storageAlignment)
    let all = ParameterLayout(entries, alignment: backend.storageAlignment)
    values = try ParameterBuffer(all, on: backend, values: fill(all, entries))
    trainable = try values.storage.slice(offset: 0, count: layout.count)
  }

  /// Room for the averages of all parameters and statistics of `other`, filled with 0.
  init(averagesOf other: Parameters) throws {
    backend = other.backend
    seed = other.seed
    layout = other.layout
    values = try ParameterBuffer(other.values.layout, on: backend)
    trainable = try values.storage.slice(offset: 0, count: layout.count)
  }

  /// The parameters' names in the order in which the layers declare them, such as `conv1.weight`.
  public var names: [String] { layout.slots.map(\.name) }

  /// The statistics' names in the order in which the layers declare them, such as `bn1.running_mean`.
  public var statisticNames: [String] { values.layout.slots.dropFirst(layout.slots.count).map(\.name) }

  /// The number of trainable values.
  public var count: Int { layout.slots.reduce(0) { $0 + $1.shape.elementCount } }

  /// The shape of a parameter or statistic.
  ///
  /// - Throws: ``NetworkError`` (`mismatchedParameters`) if no parameter has the name.
  public func shape(of name: String) throws(NetworkError) -> Shape {
    values.layout.slots[try values.layout.index(of: name)].shape
  }

  /// Waits for the device and reads a parameter or statistic.
  public func values(of name: String) throws -> [Float] {
    try values.read(values.layout.index(of: name))
  }

  /// Waits for the device and reads all parameters and statistics, in the order of ``names`` and ``statisticNames``.
  public func all() throws -> [Named] {
    try named(values)
  }

  /// Replaces all parameters and statistics.
  ///
  /// - Throws: ``NetworkError`` (`mismatchedParameters`) that lists missing, unknown and wrongly shaped names; then nothing
  ///   has changed.
  public func load(_ tensors: [String: (shape: Shape, values: [Float])]) throws {
    try load(tensors, into: values)
  }

  /// Replaces the parameters and statistics that `tensors` has, and keeps the others.
  ///
  /// - Throws: As ``load(_:)``, but for what is missing.
  public func update(_ tensors: [String: (shape: Shape, values: [Float])]) throws {
    var all = tensors
    for slot in values.layout.slots where tensors[slot.name] == nil {
      all[slot.name] = (slot.shape, try values(of: slot.name))
    }
    try load(all)
  }

  /// What training adds, allocated when it first asks for it.
  func training() throws -> TrainingBuffers {
    try trainingBuffers.withLock { buffers in
      if let buffers { return buffers }
      let made = try TrainingBuffers(layout, on: backend)
      buffers = made
      return made
    }
  }

  /// Where the parameters and statistics of a graph lie, by the ids of their values.
  ///
  /// - Throws: ``NetworkError`` (`mismatchedParameters`) if they are not these parameters.
  func storages(for graph: Graph) throws -> [Int: any Storage] {
    let wanted = graph.parameters + graph.statistics
    let slots = values.layout.slots
    guard wanted.map(\.name) == slots.map(\.name), wanted.map(\.value.shape) == slots.map(\.shape) else {
      throw NetworkError(
        .mismatchedParameters, "the parameters belong to another network: make them from the network they are used with"
      )
    }
    return Dictionary(zip(wanted.map(\.value.id), values.slices), uniquingKeysWith: { first, _ in first })
  }

  func named(_ buffer: ParameterBuffer) throws -> [Named] {
    zip(buffer.layout.slots, try buffer.read()).map { ($0.name, $0.shape, $1) }
  }

  func load(_ tensors: [String: (shape: Shape, values: [Float])], into buffer: ParameterBuffer) throws {
    try buffer.layout.validate(tensors)
    try buffer.write(buffer.layout.copying(tensors))
  }
}
