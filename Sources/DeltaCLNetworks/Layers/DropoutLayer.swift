import DeltaCL

/// Drops elements at random in training and scales the rest; passes everything on in inference.
public struct DropoutLayer: Layer {
  /// The probability with which an element is dropped.
  public var probability: Float

  /// Creates a layer; the probability is checked when a network is built with it.
  public init(probability: Float = 0.5) {
    self.probability = probability
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    guard case .training(let seed?) = graph.mode else { return input }
    return try graph.dropout(input, probability: probability, seed: seed)
  }
}
