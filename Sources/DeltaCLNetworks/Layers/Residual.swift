public import DeltaCL

/// The sum of a body and a shortcut around it, as in residual networks.
///
/// The body's parameters are named under the layer's own name, those of the shortcut under a name of its own.
public struct Residual: Layer {
  /// What is added to the shortcut.
  public var body: any Layer
  /// What the input passes through beside the body; `nil` for the identity.
  public var shortcut: (any Layer)?
  /// The name of the shortcut's layer.
  public var shortcutName: String
  /// What the sum passes through; `nil` for the identity.
  public var activation: Activation?

  /// Creates a layer.
  public init(
    _ body: any Layer, shortcut: (any Layer)? = nil, shortcutName: String = "shortcut", activation: Activation? = nil
  ) {
    self.body = body
    self.shortcut = shortcut
    self.shortcutName = shortcutName
    self.activation = activation
  }

  /// Appends the layer; see ``Layer/callAsFunction(_:in:)``.
  public func callAsFunction(_ input: GraphValue, in graph: inout GraphBuilder) throws -> GraphValue {
    let output = try body(input, in: &graph)
    let other = try shortcut.map { try graph.apply($0, named: shortcutName, to: input) } ?? input
    guard output.shape == other.shape else {
      throw graph.mismatch(
        input, needs: "a body and a shortcut of the same output shape, not \(output.shape) and \(other.shape)")
    }
    let sum = try graph.apply(.add(count: output.shape.elementCount), to: output, other).reshaped(output.shape)
    return try activation.map { try graph.activate(sum, $0) } ?? sum
  }
}
