public import DeltaCL

/// Builds a graph from layers, keeping the path of names that leads to the layer at hand.
public struct GraphBuilder: Sendable {
  /// What was built so far.
  public internal(set) var graph = Graph()
  private var path: [String] = []
  private var parameterNames: Set<String> = []

  /// Creates a builder of an empty graph.
  public init() {}

  /// The name of the layer at hand, such as `block1.conv2`; empty outside of all named layers.
  public var layerName: String { path.joined(separator: ".") }

  /// Appends a layer under a name of its own, which prefixes the names of its parameters.
  ///
  /// - Throws: ``NetworkError`` that names the layer where it does not fit its input.
  public mutating func apply(_ layer: any Layer, named name: String, to input: GraphValue) throws -> GraphValue {
    path.append(name)
    defer { path.removeLast() }
    do {
      return try layer(input, in: &self)
    } catch let error as DeltaCLError {
      throw NetworkError(.invalidLayer, "layer \(layerName), whose input is \(input.shape): \(error.message)")
    }
  }

  /// Declares a parameter of the layer at hand; its full name is `layer.name`.
  ///
  /// - Parameters:
  ///   - name: The name within the layer, such as `weight`.
  ///   - shape: The parameter's shape.
  ///   - initializer: What the values are drawn from at first.
  ///   - fans: The fans of the weights that the layer multiplies its input with.
  /// - Throws: ``NetworkError`` (`invalidLayer`) where the name is taken.
  public mutating func parameter(
    _ name: String, _ shape: Shape, _ initializer: Initializer, fans: Fans
  ) throws(NetworkError) -> GraphValue {
    let name = (path + [name]).joined(separator: ".")
    guard parameterNames.insert(name).inserted else {
      throw NetworkError(.invalidLayer, "two parameters are named \(name): give their layers different names")
    }
    return graph.add(name, shape, role: .parameter(initializer, fans))
  }

  /// Appends an operation of the layer at hand.
  ///
  /// - Returns: The first value that the operation writes.
  public mutating func apply(
    _ operation: TensorOperation, to inputs: GraphValue...
  ) throws(NetworkError) -> GraphValue {
    try graph.append(operation, inputs, label: layerName.isEmpty ? "network" : layerName)[0]
  }

  /// The error of the layer at hand that cannot take `input`.
  public func mismatch(_ input: GraphValue, needs: String) -> NetworkError {
    NetworkError(
      .invalidLayer,
      "layer \(layerName.isEmpty ? "network" : layerName) needs \(needs), but its input is \(input.shape)")
  }
}
