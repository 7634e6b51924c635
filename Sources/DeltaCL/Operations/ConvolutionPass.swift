/// An operation whose plan has free choices: one direction of a convolution. A dense layer is a 1x1 convolution.
struct ConvolutionPass: Hashable, Sendable {
  enum Direction: Hashable, Sendable {
    case forward
    case delta
    case gradient
  }

  let direction: Direction
  let convolution: Convolution
  /// Whether a forward pass adds a bias.
  var hasBias = false
  /// The dense layer that the convolution stands for; `nil` if it is none.
  var dense: Dense?
  /// The dense layers of a batch of matrix products, whose tensors lie one after the other.
  var products = 1
  /// Whether they all have the same x, or the same dy of a delta.
  var sharesFirst = false

  /// The bias, or any other operand if there is none, and the result of a forward pass.
  var biasAndResult: (bias: Launch.Argument, result: Launch.Argument) {
    hasBias ? (.operand(2), .operand(3)) : (.operand(1), .operand(2))
  }
}

extension ConvolutionPass {
  /// A pass of a dense layer.
  init?(_ direction: Direction, _ dense: Dense, hasBias: Bool = false) {
    guard let convolution = try? dense.convolution else { return nil }
    self.init(direction: direction, convolution: convolution, hasBias: hasBias, dense: dense)
  }
}
