/// A part of a network: a value that appends its operations to a graph.
public protocol Layer: Sendable {
  /// Appends the layer's operations and declares its parameters.
  ///
  /// - Parameters:
  ///   - input: Images `[N, H, W, C]` or features `[N, F]`; the batch comes first.
  ///   - graph: What the layer appends to.
  /// - Returns: The layer's output, the batch first again.
  /// - Throws: ``NetworkError`` or `DeltaCLError` if the input does not fit; the builder adds the layer's name.
  func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue
}
