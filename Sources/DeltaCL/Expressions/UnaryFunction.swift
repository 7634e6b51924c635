import Foundation

/// A function of one number, as a step of an ``ElementwiseExpression``: all that is known of it.
enum UnaryFunction: Hashable, Sendable, CaseIterable {
  case negate
  case abs
  case exp
  /// `exp(x) - 1`, precise where x is small.
  case expm1
  case log
  /// `log(1 + x)`, precise where x is small.
  case log1p
  case sqrt
  case rsqrt
  case erf
  case erfc
  case floor
  case ceil
  /// To the nearest integer, and of two that are as near to the even one.
  case round
  case sigmoid
  case tanh
  /// `log(1 + exp(x))`.
  case softplus

  /// The function at x.
  func value(_ x: Double) -> Double {
    switch self {
    case .negate: -x
    case .abs: Swift.abs(x)
    case .exp: Foundation.exp(x)
    case .expm1: Foundation.expm1(x)
    case .log: Foundation.log(x)
    case .log1p: Foundation.log1p(x)
    case .sqrt: x.squareRoot()
    case .rsqrt: 1 / x.squareRoot()
    case .erf: Foundation.erf(x)
    case .erfc: Foundation.erfc(x)
    case .floor: x.rounded(.down)
    case .ceil: x.rounded(.up)
    case .round: x.rounded(.toNearestOrEven)
    case .sigmoid: 1 / (1 + Foundation.exp(-x))
    case .tanh: Foundation.tanh(x)
    case .softplus: x.isNaN ? x : max(x, 0) + Foundation.log1p(Foundation.exp(-Swift.abs(x)))
    }
  }

  /// The function in OpenCL C, of a variable that is a vector or a number.
  func kernelText(_ x: String) -> String {
    switch self {
    case .negate: "-\(x)"
    case .abs: "fabs(\(x))"
    case .exp: "exp(\(x))"
    case .expm1: "expm1(\(x))"
    case .log: "log(\(x))"
    case .log1p: "log1p(\(x))"
    case .sqrt: "sqrt(\(x))"
    case .rsqrt: "rsqrt(\(x))"
    case .erf: "erf(\(x))"
    case .erfc: "erfc(\(x))"
    case .floor: "floor(\(x))"
    case .ceil: "ceil(\(x))"
    case .round: "rint(\(x))"
    case .sigmoid: "1.0f / (1.0f + exp(-\(x)))"
    case .tanh: "tanh(\(x))"
    case .softplus: "fmax(\(x), 0.0f) + log1p(exp(-fabs(\(x))))"
    }
  }

  /// The derivative at x, where the function is y, times `dx`; `nil` if it is 0.
  func derivative(
    _ x: ElementwiseExpression, _ y: ElementwiseExpression, _ dx: ElementwiseExpression
  ) -> ElementwiseExpression? {
    switch self {
    case .negate: -dx
    case .abs: .where(.less(x, 0), -dx, .where(.less(0, x), dx, 0))
    case .exp: dx * y
    case .expm1: dx * .exp(x)
    case .log: dx / x
    case .log1p: dx / (1 + x)
    case .sqrt: dx * 0.5 / y
    case .rsqrt: dx * -0.5 * y / x
    case .erf: dx * .constant(2 / Float.pi.squareRoot()) * .exp(-(x * x))
    case .erfc: dx * .constant(-2 / Float.pi.squareRoot()) * .exp(-(x * x))
    case .floor, .ceil, .round: nil
    case .sigmoid: dx * (y * (1 - y))
    case .tanh: dx * (1 - y * y)
    case .softplus: dx * .sigmoid(x)
    }
  }
}
