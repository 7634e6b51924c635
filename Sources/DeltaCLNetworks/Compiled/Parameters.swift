public import DeltaCL
import Synchronization

/// The parameters of a network on one backend, with the gradients and velocities that training adds.
///
/// All parameters lie in one storage, so that one operation updates them all; steps for several batch sizes share them.
public final class Parameters: Sendable {
  /// A parameter with its name and values.
  public typealias Named = (name: String, shape: Shape, values: [Float])

  /// Where the parameters live.
  public let backend: any Backend
  let layout: ParameterLayout
  let values: ParameterBuffer
  private let trainingBuffers = Mutex<TrainingBuffers?>(nil)

  /// What a training step needs beside the values.
  struct TrainingBuffers: Sendable {
    let gradients: ParameterBuffer
    let velocities: ParameterBuffer
  }

  /// Draws the initial parameters of a network: the same values for the same seed on every backend.
  ///
  /// - Throws: ``NetworkError`` where the network's layers do not fit each other; what the backend throws where it has not
  ///   enough memory.
  public init(_ network: Network, seed: UInt64, on backend: any Backend) throws {
    let parameters = try network.forward(batch: 1).graph.parameters
    let initial = parameters.enumerated().map { index, parameter -> [Float] in
      guard case .parameter(let initializer, let fans) = parameter.role else { return [] }
      var generator = Philox(seed: seed, stream: .initialization(parameter: index))
      return initializer.values(count: parameter.value.shape.elementCount, fans: fans, from: &generator)
    }
    self.backend = backend
    layout = ParameterLayout(parameters, alignment: backend.storageAlignment)
    values = try ParameterBuffer(layout, values: initial, on: backend)
  }

  /// The names in the order in which the layers declare them, such as `conv1.weight`.
  public var names: [String] { layout.slots.map(\.name) }

  /// The number of trainable values.
  public var count: Int { layout.slots.reduce(0) { $0 + $1.shape.elementCount } }

  /// The shape of a parameter.
  ///
  /// - Throws: ``NetworkError`` (`mismatchedParameters`) where no parameter has the name.
  public func shape(of name: String) throws(NetworkError) -> Shape {
    layout.slots[try layout.index(of: name)].shape
  }

  /// Waits for the device and reads a parameter.
  public func values(of name: String) throws -> [Float] {
    try values.read(layout.index(of: name))
  }

  /// Waits for the device and reads all parameters, in the order of ``names``.
  public func all() throws -> [Named] {
    try named(values)
  }

  /// Replaces all parameters.
  ///
  /// - Throws: ``NetworkError`` (`mismatchedParameters`) that lists missing, unknown and wrongly shaped names; then nothing
  ///   has changed.
  public func load(_ tensors: [String: (shape: Shape, values: [Float])]) throws {
    try load(tensors, into: values)
  }

  /// Waits for the device and reads the optimiser's velocities, in the order of ``names``; 0 before the first step.
  public func velocities() throws -> [Named] {
    try named(training().velocities)
  }

  /// Replaces the optimiser's velocities, to go on with a training that was interrupted.
  ///
  /// - Throws: ``NetworkError`` as ``load(_:)`` does.
  public func loadVelocities(_ tensors: [String: (shape: Shape, values: [Float])]) throws {
    try load(tensors, into: training().velocities)
  }

  /// The gradients and velocities, allocated when training first asks for them.
  func training() throws -> TrainingBuffers {
    try trainingBuffers.withLock { buffers in
      if let buffers { return buffers }
      let made = TrainingBuffers(
        gradients: try ParameterBuffer(layout, on: backend), velocities: try ParameterBuffer(layout, on: backend))
      buffers = made
      return made
    }
  }

  /// Where the parameters of a graph lie, by the ids of their values.
  ///
  /// - Throws: ``NetworkError`` (`mismatchedParameters`) where they are not these parameters.
  func storages(for graph: Graph) throws -> [Int: any Storage] {
    let wanted = graph.parameters
    guard wanted.map(\.name) == names, wanted.map(\.value.shape) == layout.slots.map(\.shape) else {
      throw NetworkError(
        .mismatchedParameters, "the parameters belong to another network: make them from the network they are used with"
      )
    }
    return Dictionary(zip(wanted.map(\.value.id), values.slices), uniquingKeysWith: { first, _ in first })
  }

  private func named(_ buffer: ParameterBuffer) throws -> [Named] {
    zip(layout.slots, try buffer.read()).map { ($0.name, $0.shape, $1) }
  }

  private func load(_ tensors: [String: (shape: Shape, values: [Float])], into buffer: ParameterBuffer) throws {
    try layout.validate(tensors)
    try buffer.write(layout.slots.map { tensors[$0.name]?.values ?? [] })
  }
}
