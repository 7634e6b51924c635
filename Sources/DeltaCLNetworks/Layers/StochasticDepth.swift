import DeltaCL

/// Drops whole examples at random in training and scales the rest; passes everything on in inference. At the end of a residual block's
/// body it drops the block.
///
/// Gao Huang, Yu Sun, Zhuang Liu, Daniel Sedra and Kilian Weinberger, "Deep networks with stochastic depth", ECCV 2016.
public struct StochasticDepth: Layer {
  /// The probability with which an example is dropped.
  public var probability: Float

  /// Creates a layer; the probability is checked when a network is built with it.
  public init(probability: Float) {
    self.probability = probability
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    guard case .training(let seed?) = graph.mode else { return input }
    guard let batch = input.shape.dimensions.first else {
      throw graph.mismatch(input, needs: "a batch of examples")
    }
    let ones = try graph.apply(.fill(count: batch, value: 1), to: [])
    let factors = try graph.dropout(ones, probability: probability, seed: seed)
      .reshaped(Shape([batch] + input.shape.dimensions.dropFirst().map { _ in 1 }))
    return try graph.apply(ElementwiseExpression.input(0) * .input(1), to: input, factors)
  }
}
