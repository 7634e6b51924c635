/// An element-wise activation function. Each lets a NaN through.
///
/// The delta of each is a function of y = f(x), so that x need not be kept. At the edges and if y is NaN it is that of PyTorch's
/// vectorised kernels.
public enum Activation: Hashable, Sendable {
  /// `x < 0 ? 0 : x`; its delta is `y <= 0 ? 0 : dy`: 0 at 0, and dy if y is NaN.
  case relu
  /// `min(max(x, 0), 6)`; its delta is `0 < y && y < 6 ? dy : 0`: 0 at 0, at 6 and if y is NaN.
  case relu6
  /// `x < 0 ? slope * x : x`; its delta is `y > 0 ? dy : slope * dy`, also if y is NaN. The slope is finite and not below 0, or y would not
  /// tell the sign of x.
  case leakyReLU(slope: Float)
  /// `1 / (1 + exp(-x))`; its delta is `dy * y * (1 - y)`, NaN if y is.
  case sigmoid
  /// The hyperbolic tangent; its delta is `dy * (1 - y * y)`, NaN if y is.
  case tanh

  /// The name in the command line and in kernels.
  public var name: String {
    switch self {
    case .relu: "relu"
    case .relu6: "relu6"
    case .leakyReLU: "leaky-relu"
    case .sigmoid: "sigmoid"
    case .tanh: "tanh"
    }
  }

  /// All functions, in the order in which help lists them.
  static func all(slope: Float = 0.01) -> [Activation] { [.relu, .relu6, .leakyReLU(slope: slope), .sigmoid, .tanh] }

  /// Throws if a parameter of the function is out of range.
  func validate() throws(DeltaCLError) {
    if case .leakyReLU(let slope) = self, !(slope.isFinite && slope >= 0) {
      throw DeltaCLError(.invalidDescriptor, "\(name): the slope \(slope) must be finite and at least 0")
    }
  }
}
