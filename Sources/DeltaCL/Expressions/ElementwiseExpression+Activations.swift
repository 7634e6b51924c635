/// Activation functions. Each has its limits at both infinities, and so have their derivatives: beyond bounds from which on a
/// function is its limit they do not multiply an infinity by 0.
extension ElementwiseExpression {
  /// `x < 0 ? 0 : x`.
  public static func relu(_ x: Self) -> Self { .where(.less(x, 0), 0, x) }

  /// `min(max(x, 0), 6)`.
  public static func relu6(_ x: Self) -> Self { .clip(x, 0, 6) }

  /// `x < 0 ? slope * x : x`, where the slope may be a constant or an input.
  public static func prelu(_ x: Self, slope: Self) -> Self { .where(.less(x, 0), slope * x, x) }

  /// `1 / (1 + exp(-x))`.
  public static func sigmoid(_ x: Self) -> Self { .unary(.sigmoid, x) }

  /// The hyperbolic tangent.
  public static func tanh(_ x: Self) -> Self { .unary(.tanh, x) }

  /// `log(1 + exp(x))`.
  public static func softplus(_ x: Self) -> Self { .unary(.softplus, x) }

  /// `x * sigmoid(x)`, also known as swish.
  public static func silu(_ x: Self) -> Self {
    gated(x, from: -110, to: 40) { x in x * sigmoid(x) }
  }

  /// `x` times the normal distribution function at x.
  ///
  /// Dan Hendrycks and Kevin Gimpel, "Gaussian error linear units", arXiv:1606.08415, 2016.
  public static func gelu(_ x: Self) -> Self {
    // Unlike 1 + erf(x / sqrt(2)) it does not cancel.
    let factor = constant(-(0.5 as Float).squareRoot())
    return gated(x, from: -15, to: 15) { x in x * (erfc(x * factor) * 0.5) }
  }

  /// The approximation of ``gelu(_:)`` by a hyperbolic tangent, `x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))`.
  public static func geluTanh(_ x: Self) -> Self {
    // (1 + tanh(u)) / 2 is sigmoid(2 u), which does not cancel.
    let factor = constant(2 * (2 / Float.pi).squareRoot()), cubic = constant(0.044715)
    return gated(x, from: -15, to: 15) { x in x * sigmoid(factor * (x + cubic * (x * x * x))) }
  }

  /// `x * tanh(softplus(x))`.
  ///
  /// Diganta Misra, "Mish: a self regularized non-monotonic activation function", arXiv:1908.08681, 2019.
  public static func mish(_ x: Self) -> Self {
    gated(x, from: -110, to: 30) { x in x * tanh(softplus(x)) }
  }

  /// `x > 0 ? x : alpha * (exp(x) - 1)`.
  public static func elu(_ x: Self, alpha: Self = 1) -> Self {
    .where(less(0, x), x, alpha * expm1(minimum(x, 0)))
  }

  /// `x > 0 ? x : alpha * (exp(x / alpha) - 1)`, whose derivative is continuous for every alpha.
  public static func celu(_ x: Self, alpha: Self = 1) -> Self {
    .where(less(0, x), x, alpha * expm1(minimum(x, 0) / alpha))
  }

  /// ``elu(_:alpha:)`` with the constants that keep mean 0 and variance 1.
  ///
  /// Günter Klambauer and others, "Self-normalizing neural networks", arXiv:1706.02515, 2017.
  public static func selu(_ x: Self) -> Self {
    constant(1.0507009873554805) * elu(x, alpha: 1.6732632423543772)
  }

  /// `x / (1 + |x|)`.
  public static func softsign(_ x: Self) -> Self {
    let bounded = clip(x, -0x1p60, 0x1p60)
    return bounded / (abs(bounded) + 1)
  }

  /// `min(max(x + 3, 0), 6) / 6`.
  public static func hardSigmoid(_ x: Self) -> Self { clip(x + 3, 0, 6) / 6 }

  /// `x` times ``hardSigmoid(_:)``.
  public static func hardSwish(_ x: Self) -> Self {
    gated(x, from: -3, to: 3) { x in x * hardSigmoid(x) }
  }

  /// A function that is x from `greatest` on, and from `least` downwards so small that it is 0.
  private static func gated(_ x: Self, from least: Self, to greatest: Self, _ function: (Self) -> Self) -> Self {
    .where(less(greatest, x), x, function(maximum(x, least)))
  }
}
