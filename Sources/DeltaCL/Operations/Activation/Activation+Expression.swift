extension Activation {
  /// The function of x.
  func expression(_ x: ElementwiseExpression) -> ElementwiseExpression {
    switch self {
    case .relu: .relu(x)
    case .relu6: .relu6(x)
    case .leakyReLU(let slope): .prelu(x, slope: .constant(slope))
    case .sigmoid: .sigmoid(x)
    case .tanh: .tanh(x)
    }
  }

  /// The delta of x if the function is y.
  func deltaExpression(y: ElementwiseExpression, dy: ElementwiseExpression) -> ElementwiseExpression {
    switch self {
    case .relu: .where(.lessOrEqual(y, 0), 0, dy)
    case .relu6: .where(.less(0, y), .where(.less(y, 6), dy, 0), 0)
    case .leakyReLU(let slope): .where(.less(0, y), dy, .constant(slope) * dy)
    case .sigmoid: dy * (y * (1 - y))
    case .tanh: dy * (1 - y * y)
    }
  }
}
