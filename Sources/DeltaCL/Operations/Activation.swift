/// An element-wise activation function. Each lets a NaN through.
public enum Activation: Hashable, Sendable {
  /// `x < 0 ? 0 : x`; its delta is `x <= 0 ? 0 : dy`.
  case relu
  /// `min(max(x, 0), 6)`; its delta is `0 < x && x < 6 ? dy : 0`, and `dy` where x is NaN.
  case relu6
  /// `x < 0 ? slope * x : x`; its delta is `x <= 0 ? slope * dy : dy`.
  case leakyRelu(slope: Float)
  /// `1 / (1 + exp(-x))`.
  case sigmoid
  /// The hyperbolic tangent.
  case tanh

  /// The name in the command line and in kernels.
  public var name: String {
    switch self {
    case .relu: "relu"
    case .relu6: "relu6"
    case .leakyRelu: "leaky-relu"
    case .sigmoid: "sigmoid"
    case .tanh: "tanh"
    }
  }
}
