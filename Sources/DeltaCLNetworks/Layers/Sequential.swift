/// Named layers, each of which takes the output of the one before.
///
///     let model: Sequential = [
///       "conv1": Convolution2D(outputChannels: 20, kernelSize: 5),
///       "relu1": ReLU(),
///     ]
public struct Sequential: Layer, ExpressibleByDictionaryLiteral {
  /// The layers in order, with the names that prefix their parameters' names.
  public var layers: [(name: String, layer: any Layer)]

  /// Creates a layer from its parts.
  public init(_ layers: [(name: String, layer: any Layer)]) {
    self.layers = layers
  }

  /// Creates a layer from its parts, which are named `0`, `1` and so on.
  public init(numbered layers: [any Layer]) {
    self.init(layers.enumerated().map { (name: "\($0.offset)", layer: $0.element) })
  }

  /// Creates a layer from its parts, whose order is kept.
  public init(dictionaryLiteral elements: (String, any Layer)...) {
    self.init(elements.map { (name: $0.0, layer: $0.1) })
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    var value = input
    for (name, layer) in layers {
      value = try graph.apply(layer, named: name, to: value)
    }
    return value
  }
}
