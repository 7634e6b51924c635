public import DeltaCL

/// How many inputs an output of a layer depends on, and how many outputs an input reaches.
public struct Fans: Hashable, Sendable {
  /// The inputs that an output depends on.
  public let input: Int
  /// The outputs that an input reaches.
  public let output: Int

  /// The fans of weights `[K, R, S, C / groups]`, which are `R * S * C / groups` and `K * R * S`, or `[Out, In]`, which are
  /// `In` and `Out`.
  public init(weights shape: Shape) {
    let count = shape.elementCount
    input = count / max(1, shape.dimensions.first ?? 1)
    output = count / max(1, shape.dimensions.last ?? 1)
  }
}
