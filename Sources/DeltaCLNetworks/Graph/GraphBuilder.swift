public import DeltaCL

/// Builds a graph from layers, keeping the path of names that leads to the current layer.
public struct GraphBuilder: Sendable {
  /// The graph so far.
  public internal(set) var graph = Graph()
  /// What the graph is for.
  public let mode: Mode
  /// The layers that were applied under a name, each after those within it.
  private(set) var layers: [AppliedLayer] = []
  private var path: [String] = []
  private var parameterNames: Set<String> = []
  private var dropoutCount: UInt32 = 0
  private var step: GraphValue?
  /// What the features of flattened values are, by the ids of the values.
  private var featureOrders: [Int: FeatureOrder] = [:]

  /// In which order the features of a value run that was flattened.
  private enum FeatureOrder: Hashable {
    /// Over the extents of an image, the channels last.
    case image([Int])
    /// The sum of values of different orders.
    case mixed
  }

  /// What the graph is for, which decides how layers such as batch normalisation and dropout work.
  public enum Mode: Hashable, Sendable {
    /// Statistics are those of the batch; dropout draws from this seed, or is off without one.
    case training(dropoutSeed: UInt64?)
    /// Statistics are the running ones; nothing is dropped.
    case inference
  }

  /// Creates a builder of an empty graph.
  public init(mode: Mode) {
    self.mode = mode
  }

  /// The name of the current layer, such as `block1.conv2`; empty outside of all named layers.
  public var layerName: String { path.joined(separator: ".") }

  /// Appends a layer under a name of its own, which prefixes the names of its parameters.
  ///
  /// - Throws: ``NetworkError`` that names the layer if it does not fit its input.
  public mutating func apply(_ layer: any Layer, named name: String, to input: GraphValue) throws -> GraphValue {
    path.append(name)
    defer { path.removeLast() }
    let (nodeCount, valueCount, layerCount) = (graph.nodes.count, graph.entries.count, layers.count)
    do {
      let output = try layer(input, in: &self)
      layers.append(
        AppliedLayer(
          name: layerName, kind: "\(type(of: layer))", isInnermost: layers.count == layerCount,
          outputShape: output.shape, nodes: nodeCount..<graph.nodes.count, values: valueCount..<graph.entries.count))
      return output
    } catch let error as DeltaCLError {
      throw NetworkError(.invalidLayer, "layer \(layerName), whose input is \(input.shape): \(error.message)")
    }
  }

  /// Declares a parameter of the current layer; its full name is `layer.name`.
  ///
  /// - Parameters:
  ///   - name: The name within the layer, such as `weight`.
  ///   - shape: The parameter's shape.
  ///   - initializer: What the values are drawn from at first.
  ///   - fans: The fans of the weights that the layer multiplies its input with.
  ///   - pyTorchLayout: How PyTorch holds the parameter, if it is known.
  /// - Throws: ``NetworkError`` (`invalidLayer`) if the name is taken.
  public mutating func parameter(
    _ name: String, _ shape: Shape, _ initializer: Initializer, fans: Fans, pyTorchLayout: PyTorchLayout?
  ) throws(NetworkError) -> GraphValue {
    graph.add(try uniqueName(name), shape, role: .parameter(initializer, fans), pyTorchLayout: pyTorchLayout)
  }

  /// Declares a parameter of the current layer that PyTorch holds as it is here.
  ///
  /// - Throws: As ``parameter(_:_:_:fans:pyTorchLayout:)``.
  public mutating func parameter(
    _ name: String, _ shape: Shape, _ initializer: Initializer, fans: Fans
  ) throws(NetworkError) -> GraphValue {
    try parameter(name, shape, initializer, fans: fans, pyTorchLayout: .same(shape))
  }

  /// Declares a statistic of the current layer, which operations update and the optimiser leaves alone; its full name is
  /// `layer.name`.
  ///
  /// - Parameters:
  ///   - name: Its name within the layer.
  ///   - shape: Its extents.
  ///   - initial: What all its elements are at first.
  ///   - pyTorchLayout: How PyTorch holds the statistic, if it is known.
  /// - Throws: ``NetworkError`` (`invalidLayer`) if the name is taken.
  public mutating func statistic(
    _ name: String, _ shape: Shape, initial: Float, pyTorchLayout: PyTorchLayout?
  ) throws(NetworkError) -> GraphValue {
    graph.add(try uniqueName(name), shape, role: .statistic(initial), pyTorchLayout: pyTorchLayout)
  }

  /// Declares a statistic of the current layer that PyTorch holds as it is here.
  ///
  /// - Throws: As ``statistic(_:_:initial:pyTorchLayout:)``.
  public mutating func statistic(_ name: String, _ shape: Shape, initial: Float) throws(NetworkError) -> GraphValue {
    try statistic(name, shape, initial: initial, pyTorchLayout: .same(shape))
  }

  /// Keeps in mind that `input` is seen as features from here on, which PyTorch has in another order.
  mutating func noteFlattening(of input: GraphValue) {
    let image = Array(input.shape.dimensions.dropFirst())
    if image.count > 1 { featureOrders[input.id] = .image(image) }
  }

  /// Keeps in mind that `output` has the features of `inputs`, element by element.
  mutating func noteFeatures(of inputs: [GraphValue], in output: GraphValue) {
    let orders = Set(inputs.map { featureOrders[$0.id] })
    featureOrders[output.id] = orders.count > 1 ? .mixed : orders.first ?? nil
  }

  /// How PyTorch holds a parameter whose last axis runs over the features of `input`; `nil` if it is not known.
  func pyTorchLayout(_ shape: Shape, ofFeatures input: GraphValue) -> PyTorchLayout? {
    switch featureOrders[input.id] {
    case .image(let image)?: .features(shape, of: image)
    case .mixed?: nil
    case nil: .same(shape)
    }
  }

  /// Appends a dropout, whose random numbers depend on `seed`, the number of the step and the dropouts appended before it.
  ///
  /// - Returns: A value of the input's shape.
  /// - Throws: `DeltaCLError` if the probability is not from 0 to 1.
  public mutating func dropout(
    _ input: GraphValue, probability: Float, seed: UInt64
  ) throws -> GraphValue {
    let dropout = try Dropout(
      count: input.shape.elementCount, probability: probability, seed: seed, layer: dropoutCount)
    dropoutCount += 1
    let step = self.step ?? graph.add("step", [1], .int32, role: .step)
    self.step = step
    return try apply(.dropout(dropout), to: input, step).reshaped(input.shape)
  }

  private mutating func uniqueName(_ name: String) throws(NetworkError) -> String {
    let name = (path + [name]).joined(separator: ".")
    guard parameterNames.insert(name).inserted else {
      throw NetworkError(.invalidLayer, "two parameters are named \(name): give their layers different names")
    }
    return name
  }

  /// Appends an operation of the current layer.
  ///
  /// - Returns: The first value that the operation writes.
  public mutating func apply(
    _ operation: TensorOperation, to inputs: GraphValue...
  ) throws(NetworkError) -> GraphValue {
    try apply(operation, to: inputs)
  }

  /// Appends a formula for each element to the current layer.
  ///
  /// - Parameters:
  ///   - expression: The formula.
  ///   - inputs: The values that it reads, whose shapes are broadcast.
  /// - Throws: `DeltaCLError` if the shapes do not broadcast.
  public mutating func apply(_ expression: ElementwiseExpression, to inputs: GraphValue...) throws -> GraphValue {
    try apply(.elementwise(expression, inputs: inputs.map(\.shape)), to: inputs)
  }

  /// Appends an operation of the current layer.
  ///
  /// - Returns: The first value that the operation writes.
  public mutating func apply(
    _ operation: TensorOperation, to inputs: [GraphValue]
  ) throws(NetworkError) -> GraphValue {
    let output = try graph.append(operation, inputs, label: layerName.isEmpty ? "network" : layerName)[0]
    // What may run in place gives element by element what it reads.
    noteFeatures(of: operation.inPlaceOperands.filter { $0 < inputs.count }.map { inputs[$0] }, in: output)
    return output
  }

  /// The error of the current layer that cannot take `input`.
  public func mismatch(_ input: GraphValue, needs: String) -> NetworkError {
    NetworkError(
      .invalidLayer,
      "layer \(layerName.isEmpty ? "network" : layerName) needs \(needs), but its input is \(input.shape)")
  }
}
