import DeltaCL

/// Divides each element by a power of the mean square of its neighbouring channels; see `LocalResponseNormalization`.
public struct LocalResponseNormalizationLayer: Layer {
  /// The channels of a window.
  public var size: Int
  /// The factor of the mean square.
  public var alpha: Float
  /// The power.
  public var beta: Float
  /// What is added to the mean square.
  public var k: Float

  /// Creates a layer; its parameters are checked when a network is built with it.
  public init(size: Int, alpha: Float = 1e-4, beta: Float = 0.75, k: Float = 1) {
    self.size = size
    self.alpha = alpha
    self.beta = beta
    self.k = k
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    let normalization = try LocalResponseNormalization(input.shape, size: size, alpha: alpha, beta: beta, k: k)
    return try graph.apply(.localResponseNormalization(normalization), to: input)
  }
}
