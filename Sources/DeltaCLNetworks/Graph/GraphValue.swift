public import DeltaCL

/// A tensor in a ``Graph``: what one node writes and any number of nodes read.
public struct GraphValue: Hashable, Sendable {
  /// The index in ``Graph/entries``.
  public let id: Int
  /// The extents, seen as they are at this point of the graph.
  public let shape: Shape
  /// The type of the elements.
  public let elementType: ElementType

  /// The same elements seen with another shape, which costs nothing.
  ///
  /// - Throws: ``NetworkError`` (`invalidLayer`) if the shape has another number of elements.
  public func reshaped(_ shape: Shape) throws(NetworkError) -> GraphValue {
    guard shape.elementCount == self.shape.elementCount else {
      throw NetworkError(.invalidLayer, "a tensor of shape \(self.shape) cannot be seen as \(shape)")
    }
    return GraphValue(id: id, shape: shape, elementType: elementType)
  }
}
